package parquetexporter

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// Config is the configuration of the exporter.
type Config struct {
	// URL is where files go: file:///directory, file:relative/directory (to the
	// working directory) or s3://bucket/prefix. Required.
	URL string `mapstructure:"url"`
	// Stream is the stream of data that no router has routed. Default: default.
	Stream string `mapstructure:"stream"`
	// S3 holds settings for s3 URLs. Without it all comes from the AWS chain.
	S3 configoptional.Optional[S3Config] `mapstructure:"s3"`
	// Timeout is the time that writing one file may take; 0 means no limit.
	// Default: 30s.
	Timeout time.Duration `mapstructure:"timeout"`
	// Retry says how to repeat failed writes. Default: for ever, with pauses of
	// 1s to 30s.
	Retry configretry.BackOffConfig `mapstructure:"retry_on_failure"`
	// Queue holds data until it is written, and gathers it into larger files.
	// Default: 128 MiB in memory, files of 8 to 16 MiB of OTLP or 10s.
	Queue configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
}

// S3Config says how to reach the bucket of an s3 URL.
type S3Config struct {
	// Region is the bucket's region. Default: what the AWS chain says, or with
	// an endpoint us-east-1.
	Region string `mapstructure:"region"`
	// Endpoint is the http or https URL of an S3-compatible store. Default: AWS.
	Endpoint string `mapstructure:"endpoint"`
	// PathStyle puts the bucket into the path of requests instead of the host
	// name. Most S3-compatible stores need it. Default: false.
	PathStyle bool `mapstructure:"path_style"`
}

const (
	mebibyte = 1 << 20

	defaultStream       = "default"
	defaultTimeout      = 30 * time.Second
	defaultQueueSize    = 128 * mebibyte
	defaultBatchMin     = 8 * mebibyte
	defaultBatchMax     = 16 * mebibyte
	defaultFlushTimeout = 10 * time.Second
	// defaultConsumers times defaultBatchMax bounds the OTLP that is decoded and
	// encoded at a time while the store is slow or down.
	defaultConsumers = 4
)

func createDefaultConfig() component.Config {
	retry := configretry.NewDefaultBackOffConfig()
	retry.InitialInterval = time.Second
	// A store that is down for an hour must not cost data: the queue is the
	// bound, not the clock.
	retry.MaxElapsedTime = 0

	queue := exporterhelper.NewDefaultQueueConfig()
	queue.Sizer = exporterhelper.RequestSizerTypeBytes
	queue.QueueSize = defaultQueueSize
	queue.NumConsumers = defaultConsumers
	queue.Batch = configoptional.Some(exporterhelper.BatchConfig{
		FlushTimeout: defaultFlushTimeout,
		Sizer:        exporterhelper.RequestSizerTypeBytes,
		MinSize:      defaultBatchMin,
		MaxSize:      defaultBatchMax,
	})
	return &Config{
		Stream:  defaultStream,
		Timeout: defaultTimeout,
		Retry:   retry,
		Queue:   configoptional.Some(queue),
	}
}

// Validate reports all that is wrong with the configuration, except what the
// blocks of the export helper report for themselves.
func (c *Config) Validate() error {
	loc, err := parseLocation(c.URL)
	problems := []error{err}
	if loc.dir != "" && c.S3.HasValue() {
		problems = append(problems, fmt.Errorf("s3: has no effect on url %q: remove the block or use \"s3://bucket/prefix\"", c.URL))
	}
	if err := streamname.Validate(c.Stream); err != nil {
		problems = append(problems, fmt.Errorf("stream: %w", err))
	}
	if c.Timeout < 0 {
		problems = append(problems, fmt.Errorf("timeout: %v is negative: use a duration like 30s, or 0 for no limit", c.Timeout))
	}
	return errors.Join(problems...)
}

// Validate reports what is wrong with the endpoint.
func (c *S3Config) Validate() error {
	if c.Endpoint == "" {
		return nil
	}
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("endpoint: %s is not an http or https URL: use one like \"https://s3.example.com:9000\"", quoteURL(c.Endpoint))
	case u.User != nil:
		return errors.New("endpoint: must not hold credentials: " +
			"they come from the AWS chain, for example AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("endpoint: %q has a query or fragment: remove it", c.Endpoint)
	}
	return nil
}

// partitionedQueue returns queue, batching by stream in addition to what the
// user asked for: a batch becomes files of one stream. It does not change what
// queue refers to, because several exporters share a configuration.
func partitionedQueue(
	queue configoptional.Optional[exporterhelper.QueueBatchConfig],
) configoptional.Optional[exporterhelper.QueueBatchConfig] {
	if !queue.HasValue() || !queue.Get().Batch.HasValue() {
		return queue // Requests stay as they came, each of one stream.
	}
	q := *queue.Get()
	batch := *q.Batch.Get()
	keys := batch.Partition.MetadataKeys
	if !slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, streamname.MetadataKey) }) {
		batch.Partition.MetadataKeys = append(slices.Clone(keys), streamname.MetadataKey)
	}
	q.Batch = configoptional.Some(batch)
	return configoptional.Some(q)
}
