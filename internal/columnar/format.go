package columnar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

const (
	// createdBy names the writer in the footer. It holds no build information: files must not differ between
	// two builds that write the same columns.
	createdBy = "otelcol-datastreams columnar version " + SchemaVersion
	// zstdLevel is the level that costs least. Higher ones save 0 to 4 percent for 20 to 40 percent of speed.
	zstdLevel = 1
	// maxStatsBytes bounds smallest and largest values: long texts would fill the footer and help nobody.
	maxStatsBytes = 64
	// pageBytes is the size of a data page before compression.
	pageBytes = 1 << 20
	// writeBatch is how many values go into a page between two looks at its size.
	writeBatch = 16 << 10
	// bloomFPP is the share of absent ids that a Bloom filter lets through.
	bloomFPP = 0.01
)

// format is how a signal's files are written: all that does not depend on the payload. It is read-only.
type format struct {
	schema  *schema.GroupNode
	options []parquet.WriterProperty
	bloom   []string // paths of the columns with a Bloom filter
	sort    []string
	footer  metadata.KeyValueMetadata
}

func newFormat(signal string, columns []column, sort []string) *format {
	f := &format{schema: parquetSchema(columns), sort: sort}
	f.options = []parquet.WriterProperty{
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithCreatedBy(createdBy),
		parquet.WithCompression(compress.Codecs.Zstd),
		parquet.WithCompressionLevel(zstdLevel),
		parquet.WithDataPageSize(pageBytes),
		parquet.WithDictionaryPageSizeLimit(maxDictionaryBytes),
		parquet.WithBatchSize(writeBatch),
		parquet.WithMaxStatsSize(maxStatsBytes),
		parquet.WithStats(false),
		parquet.WithPageIndexEnabled(false),
		parquet.WithBloomFilterFPP(bloomFPP),
	}
	sc := schema.NewSchema(f.schema)
	sorting := make([]parquet.SortingColumn, len(sort))
	for i, name := range sort {
		sorting[i].ColumnIdx = int32(sc.ColumnIndexByName(name)) // A few dozen columns.
	}
	f.options = append(f.options, parquet.WithSortingColumns(sorting))
	for i := range columns {
		f.describe(&columns[i], "")
	}
	f.footer = footer(signal, columns, sort)
	return f
}

// describe adds the writer's options of a column.
func (f *format) describe(c *column, prefix string) {
	path := prefix + c.name
	if c.kind == kindList {
		prefix = path + ".list.element."
		for i := range c.fields {
			if len(c.fields) == 1 {
				prefix = path + ".list."
			}
			f.describe(&c.fields[i], prefix)
		}
		return
	}
	switch c.encoding {
	case encPlain:
		f.options = append(f.options, parquet.WithDictionaryFor(path, false))
	case encDelta:
		f.options = append(f.options, parquet.WithDictionaryFor(path, false),
			parquet.WithEncodingFor(path, parquet.Encodings.DeltaBinaryPacked))
	case encDictionary:
	}
	if c.stats && prefix == "" {
		f.options = append(f.options, parquet.WithStatsFor(path, true), parquet.WithPageIndexEnabledFor(path, true))
	}
	if c.bloom {
		f.options = append(f.options, parquet.WithBloomFilterEnabledFor(path, true))
		f.bloom = append(f.bloom, path)
	}
}

// footer returns the metadata that is the same in all files of a signal.
func footer(signal string, columns []column, sort []string) metadata.KeyValueMetadata {
	keys := map[scope][]string{}
	for i := range columns {
		if c := &columns[i]; c.scope != scopeNone {
			keys[c.scope] = append(keys[c.scope], c.key)
		}
	}
	list, err := json.Marshal(struct {
		Resource []string `json:"resource"`
		Item     []string `json:"item"`
	}{keys[scopeResource], keys[scopeItem]})
	if err != nil {
		panic(err) // Two lists of strings.
	}
	kv := metadata.NewKeyValueMetadata()
	for _, pair := range [][2]string{
		{"otel.schema", "otel-parquet"},
		{"otel.schema_version", SchemaVersion},
		{"otel.signal", signal},
		{"otel.semconv", semconv},
		{"otel.sort", strings.Join(sort, ",")},
		{"otel.promoted", string(list)},
	} {
		if err := kv.Append(pair[0], pair[1]); err != nil {
			panic(err) // Constants in UTF-8.
		}
	}
	return kv
}

// writer writes one file.
type writer struct {
	format *format
	file   File
	buf    *bytes.Buffer // the caller's, reused from file to file
	out    *file.Writer  // nil before the first row group
}

func (f *format) newWriter(described File, buf *bytes.Buffer) *writer {
	buf.Reset()
	return &writer{format: f, file: described, buf: buf}
}

// open starts the file. Its Bloom filters are sized by the first row group, which is the only one unless
// the payload is enormous.
func (w *writer) open(g *group) error {
	options := slices.Clone(w.format.options)
	for _, path := range w.format.bloom {
		ndv := max(1, bind[*textColumn](g, path).dict.size())
		options = append(options, parquet.WithBloomFilterNDVFor(path, int64(ndv)))
	}
	kv := slices.Clone(w.format.footer)
	for _, pair := range [][2]string{
		{"otel.time_min", strconv.FormatInt(w.file.First.UnixNano(), 10)},
		{"otel.time_max", strconv.FormatInt(w.file.Last.UnixNano(), 10)},
		{"otel.rows", strconv.Itoa(w.file.Rows)},
	} {
		if err := kv.Append(pair[0], pair[1]); err != nil {
			return fmt.Errorf("columnar: footer: %w", err)
		}
	}
	out, err := file.NewParquetWriterWithError(w.buf, w.format.schema,
		file.WithWriterProps(parquet.NewWriterProperties(options...)), file.WithWriteMetadata(kv))
	if err != nil {
		return fmt.Errorf("columnar: %w", err)
	}
	w.out = out
	return nil
}

// write appends the rows of g, which has some, as a row group.
func (w *writer) write(g *group) error {
	if w.out == nil {
		if err := w.open(g); err != nil {
			return err
		}
	}
	rows, err := w.out.AppendRowGroupChecked()
	if err != nil {
		return fmt.Errorf("columnar: %w", err)
	}
	if err := g.write(rows, g.order(w.format.sort)); err != nil {
		return fmt.Errorf("columnar: %w", err)
	}
	return nil
}

// close ends the file and returns a copy of it.
func (w *writer) close() ([]byte, error) {
	if err := w.out.Close(); err != nil {
		return nil, fmt.Errorf("columnar: %w", err)
	}
	return bytes.Clone(w.buf.Bytes()), nil
}
