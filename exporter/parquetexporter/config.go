package parquetexporter

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// Config is the configuration of the exporter.
type Config struct {
	// URL is where files go: file:///directory, file:relative/directory (to the
	// working directory), s3://bucket/prefix, gs://bucket/prefix or
	// azblob://container/prefix. The prefix may hold {signal} and {stream}. Required.
	URL string `mapstructure:"url"`
	// Stream is the stream of data that no router has routed. Default: default.
	Stream string `mapstructure:"stream"`
	// S3 holds settings for s3 URLs. Without it all comes from the AWS chain.
	S3 configoptional.Optional[S3Config] `mapstructure:"s3"`
	// GCS holds settings for gs URLs.
	GCS configoptional.Optional[GCSConfig] `mapstructure:"gcs"`
	// AzBlob holds settings for azblob URLs.
	AzBlob configoptional.Optional[AzBlobConfig] `mapstructure:"azblob"`
	// Durability is wal, which acknowledges data once it is in a log on the disk,
	// or memory, which loses in a crash what is not in a finished file yet.
	// Default: wal.
	Durability string `mapstructure:"durability"`
	// Spool is the place on the disk where data is until the destination has it.
	Spool SpoolConfig `mapstructure:"spool"`
	// Roll says when a file is finished.
	Roll RollConfig `mapstructure:"roll"`
	// MaxPast and MaxFuture bound how far an event's time may be from its
	// arrival. What is beyond is filed under the hour of its arrival. Default:
	// 168h and 1h.
	MaxPast   time.Duration `mapstructure:"max_past"`
	MaxFuture time.Duration `mapstructure:"max_future"`
	// MaxOpenFiles bounds the files, one for each stream and hour, that rows are
	// collected for at a time. Default: 256.
	MaxOpenFiles int `mapstructure:"max_open_files"`
	// MemoryLimitMiB bounds the memory of the open files of each signal, in MiB.
	// The largest is finished early then. Default: 256.
	MemoryLimitMiB int `mapstructure:"memory_limit_mib"`
	// CompressionLevel is the level of zstd, 1 to 11. Default: 1.
	CompressionLevel int `mapstructure:"compression_level"`
	// Promote lists attributes that get columns of their own, beside those of
	// the schema.
	Promote PromoteConfig `mapstructure:"promote"`
	// Uploads is the number of files of a signal that are stored at a time.
	// Default: 2.
	Uploads int `mapstructure:"uploads"`
	// Timeout is the time that storing one file may take; 0 means no limit.
	// Default: 5m.
	Timeout time.Duration `mapstructure:"timeout"`

	// refused are the blocks that do not belong here, with the reason.
	refused []error
}

// SpoolConfig says where and how much data waits for the destination.
type SpoolConfig struct {
	// Directory may be shared: each exporter and signal has a directory of its
	// own in it. Default: .spool in the directory of a file URL; with durability
	// memory a temporary one. Required otherwise.
	Directory string `mapstructure:"directory"`
	// MaxLogMiB bounds the log of each signal, in MiB. Default: 1024.
	MaxLogMiB int64 `mapstructure:"max_log_mib"`
	// MaxSizeMiB bounds the finished files of each signal that wait for the
	// destination, in MiB. Then data is refused. Default: 10240.
	MaxSizeMiB int64 `mapstructure:"max_size_mib"`
	// MaxAge is the age at which a finished file that the destination does not
	// take is given up; 0 means never. Default: 0.
	MaxAge time.Duration `mapstructure:"max_age"`
}

// RollConfig says when a file is finished: when it reaches any of these.
type RollConfig struct {
	// MaxAge is the time since the first row came. Default: 5m.
	MaxAge time.Duration `mapstructure:"max_age"`
	// MaxSizeMiB is the size, in MiB. Default: 128.
	MaxSizeMiB int64 `mapstructure:"max_size_mib"`
	// MaxRows is the number of rows. Default: 10000000.
	MaxRows int `mapstructure:"max_rows"`
	// RowGroupRows is the number of rows of a row group, which are in memory
	// until there are so many: 1 to 100000. Default: 50000.
	RowGroupRows int `mapstructure:"row_group_rows"`
}

const (
	durabilityWAL    = "wal"
	durabilityMemory = "memory"
)

const (
	mebibyte      = 1 << 20
	defaultStream = "default"
	// maxMaxFuture keeps the latest time within what a Parquet column holds.
	maxMaxFuture = 10 * 365 * 24 * time.Hour
	// maxTimeout is shorter than the age at which uploads count as abandoned.
	maxTimeout = 24 * time.Hour
)

func createDefaultConfig() component.Config {
	return &Config{
		Stream:           defaultStream,
		Durability:       durabilityWAL,
		Spool:            SpoolConfig{MaxLogMiB: 1024, MaxSizeMiB: 10 * 1024},
		Roll:             RollConfig{MaxAge: 5 * time.Minute, MaxSizeMiB: 128, MaxRows: 10_000_000, RowGroupRows: columnar.DefaultGroupRows},
		MaxPast:          7 * 24 * time.Hour,
		MaxFuture:        time.Hour,
		MaxOpenFiles:     256,
		MemoryLimitMiB:   256,
		CompressionLevel: columnar.DefaultLevel,
		Uploads:          2,
		Timeout:          5 * time.Minute,
	}
}

// strangers are blocks that users of other exporters may bring along, and why
// they do not belong here.
var strangers = []struct{ key, reason string }{
	{"sending_queue", "this exporter has no use for a queue: durability wal keeps data on the disk before it is acknowledged, " +
		"and a queue in front would acknowledge it earlier; remove the block, and set spool.directory and spool.max_size_mib"},
	{"retry_on_failure", "files wait in the spool and are tried until the destination takes them; " +
		"remove the block, and set spool.max_age if files are to be given up"},
}

// Unmarshal takes the strangers out, for Validate to report them together with
// everything else.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	c.refused = nil
	for _, s := range strangers {
		if conf.IsSet(s.key) {
			conf.Delete(s.key)
			c.refused = append(c.refused, fmt.Errorf("%s: %s", s.key, s.reason))
		}
	}
	return conf.Unmarshal(c)
}

// Validate reports all that is wrong with the configuration.
func (c *Config) Validate() error {
	loc, err := parseLocation(c.URL)
	problems := append([]error{err}, c.refused...)
	check := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	problems = append(problems, c.validateStores(loc)...)
	if err := streamname.Validate(c.Stream); err != nil {
		problems = append(problems, fmt.Errorf("stream: %w", err))
	}
	durabilities := []string{durabilityWAL, durabilityMemory}
	check(slices.Contains(durabilities, c.Durability), "durability: unknown value %q%s", c.Durability, suggest.Among(c.Durability, durabilities))
	check(loc.bucket == "" || c.Durability != durabilityWAL || c.Spool.Directory != "",
		"spool: directory: is missing: data is kept there until the bucket has it; name a directory on a disk that survives a restart, "+
			"for example /var/lib/otelcol/parquet (or set durability: memory)")
	for _, b := range c.bounds() {
		check(b.value >= b.least && b.value <= b.most, "%s: %d is not between %d and %d", b.key, b.value, b.least, b.most)
	}
	check(c.Roll.MaxAge >= 100*time.Millisecond, "roll: max_age: %v is too short: use 100ms or more; queries get slow with small files", c.Roll.MaxAge)
	check(c.MaxPast >= time.Hour, "max_past: %v is too short: use 1h or more", c.MaxPast)
	check(c.MaxFuture >= 0 && c.MaxFuture <= maxMaxFuture, "max_future: %v is not between 0s and %v", c.MaxFuture, maxMaxFuture)
	check(c.Spool.MaxAge >= 0, "spool: max_age: %v is negative: use 0 for no limit", c.Spool.MaxAge)
	check(c.Timeout >= 0 && c.Timeout <= maxTimeout, "timeout: %v is not between 0s, for no limit, and %v", c.Timeout, maxTimeout)
	return errors.Join(append(problems, c.Promote.validate()...)...)
}

// below returns the problems in err with the path where they were found.
func below(path string, err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{fmt.Errorf("%s: %w", path, err)}
	}
	var problems []error
	for _, e := range joined.Unwrap() {
		problems = append(problems, below(path, e)...)
	}
	return problems
}

type bound struct {
	key                string
	value, least, most int64
}

func (c *Config) bounds() []bound {
	const tebibyte = 1 << 20 // in MiB
	return []bound{
		{"spool: max_log_mib", c.Spool.MaxLogMiB, 32, tebibyte},
		{"spool: max_size_mib", c.Spool.MaxSizeMiB, 1, 1024 * tebibyte},
		{"roll: max_size_mib", c.Roll.MaxSizeMiB, 1, 5 * 1024},
		{"roll: max_rows", int64(c.Roll.MaxRows), 1, 1 << 40},
		{"roll: row_group_rows", int64(c.Roll.RowGroupRows), 1, 100_000},
		{"max_open_files", int64(c.MaxOpenFiles), 1, 100_000},
		{"memory_limit_mib", int64(c.MemoryLimitMiB), 1, tebibyte},
		{"compression_level", int64(c.CompressionLevel), 1, 11},
		{"uploads", int64(c.Uploads), 1, 64},
	}
}
