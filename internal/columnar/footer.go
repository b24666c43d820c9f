package columnar

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// createdBy names the writer in the footer. It holds no build information: files must not differ between
// two builds that write the same columns.
const createdBy = "otelcol-datastreams columnar version " + SchemaVersion

// footer returns the metadata that is the same in all files of a table.
func footer(signal string, columns []column, sort []string) []parquet.KeyValue {
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
	return []parquet.KeyValue{
		{Key: "otel.schema", Value: "otel-parquet"},
		{Key: "otel.schema_version", Value: SchemaVersion},
		{Key: "otel.signal", Value: signal},
		{Key: "otel.semconv", Value: semconv},
		{Key: "otel.sort", Value: strings.Join(sort, ",")},
		{Key: "otel.promoted", Value: string(list)},
	}
}

// metadata returns what the footer says about the rows of a file.
func (i *Info) metadata() []parquet.KeyValue {
	if i.Rows == 0 {
		return nil
	}
	return []parquet.KeyValue{
		{Key: "otel.time_min", Value: strconv.FormatInt(i.first, 10)},
		{Key: "otel.time_max", Value: strconv.FormatInt(i.last, 10)},
		{Key: "otel.rows", Value: strconv.Itoa(i.Rows)},
	}
}
