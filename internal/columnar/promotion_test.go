package columnar

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestUserPromotion holds that declared attributes get columns at the end of the schema, whatever the order of the
// declarations, and that values of another type stay in the map.
func TestUserPromotion(t *testing.T) {
	o := Options{Promote: []Promotion{
		{Key: "team", Scope: Resource, Type: String},
		{Key: "app.paid", Scope: Item, Type: Bool},
		{Key: "app.Amount-EUR", Scope: Item, Type: Double},
		{Key: "app.order", Scope: Item, Type: Int64},
		{Key: "shard", Scope: Resource, Type: Int64},
	}}
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("team", "blue")
	rs.Resource().Attributes().PutInt("shard", 1<<40)
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	right := spans.AppendEmpty()
	right.SetStartTimestamp(1)
	right.Attributes().PutBool("app.paid", true)
	right.Attributes().PutDouble("app.Amount-EUR", 9.5)
	right.Attributes().PutInt("app.order", -1)
	wrong := spans.AppendEmpty()
	wrong.SetStartTimestamp(2)
	wrong.Attributes().PutStr("app.paid", "yes")
	wrong.Attributes().PutInt("app.Amount-EUR", 9)
	wrong.Attributes().PutDouble("app.order", 1)
	wrong.Attributes().PutStr("team", "not the resource's")

	data, _ := written(t, table(t, NewTraces, o), []ptrace.Traces{td})
	rows := readFile(t, data)
	require.Equal(t, true, rows[0]["app_paid"])
	require.InDelta(t, 9.5, rows[0]["app_amount_eur"], 0)
	require.Equal(t, int64(-1), rows[0]["app_order"])
	require.Empty(t, rows[0]["attributes"])
	for _, r := range rows {
		require.Equal(t, "blue", r["team"])
		require.Equal(t, int64(1<<40), r["shard"])
		require.Empty(t, r["resource_attributes"])
	}
	for _, name := range []string{"app_paid", "app_amount_eur", "app_order"} {
		require.Nil(t, rows[1][name])
	}
	require.Equal(t, "sids", rows[1]["attributes_types"])

	f, err := file.NewParquetReader(bytes.NewReader(data))
	require.NoError(t, err)
	root := f.MetaData().Schema.Root()
	plain := traces().columns
	require.Equal(t, len(plain)+len(o.Promote), root.NumFields())
	for i, name := range []string{"app_amount_eur", "app_order", "app_paid", "shard", "team"} {
		require.Equal(t, name, root.Field(len(plain)+i).Name())
	}
	list := *f.MetaData().KeyValueMetadata().FindValue("otel.promoted")
	require.Contains(t, list, `"shard","team"]`)
	require.Contains(t, list, `"app.Amount-EUR","app.order","app.paid"]`)

	for a, b := 0, len(o.Promote)-1; a < b; a, b = a+1, b-1 {
		o.Promote[a], o.Promote[b] = o.Promote[b], o.Promote[a]
	}
	again, _ := written(t, table(t, NewTraces, o), []ptrace.Traces{td})
	require.True(t, bytes.Equal(data, again), "the order of declarations shows")
}

// TestWrongPromotions holds that every mistake is found, and that the error says what it is.
func TestWrongPromotions(t *testing.T) {
	for want, p := range map[string]Promotion{
		`type "text" is none of string, int64, double and bool`:           {"a", Item, "text"},
		`scope "span" is neither resource nor item`:                       {"a", "span", String},
		`the key does not start with a letter`:                            {"_a", Item, String},
		`"http_route" is a column of the schema already`:                  {"http.route", Item, String},
		`"service_name" is a column of the schema already`:                {"service.name", Resource, String},
		`"events" is a column of the schema already`:                      {"events", Item, String},
		`"dt" is a directory of the layout already`:                       {"dt", Item, String},
		`"team_id" is that of resource attribute "team.id" already`:       {"team_id", Item, String},
		`promotion 1 of item attribute "": the key does not start with a`: {"", Item, String},
	} {
		_, err := NewTraces(Options{Promote: []Promotion{{"team.id", Resource, String}, p}})
		require.ErrorContains(t, err, want)
	}
	many := make([]Promotion, MaxPromotions+1)
	for i := range many {
		many[i] = Promotion{fmt.Sprint("key", i), Item, String}
	}
	_, err := NewLogs(Options{Promote: many})
	require.ErrorContains(t, err, "101 attributes to promote, more than 100")
	_, err = NewLogs(Options{Promote: many[:MaxPromotions]})
	require.NoError(t, err)
	_, err = NewMetrics(Options{Promote: []Promotion{{"1", Item, String}, {"2", Item, String}}})
	require.ErrorContains(t, err, `"1"`)
	require.ErrorContains(t, err, `"2"`)
}

// TestWrongOptions holds that all wrong numbers are named.
func TestWrongOptions(t *testing.T) {
	_, err := NewTraces(Options{GroupRows: 100_001, GroupBytes: -1, Level: 12})
	for _, name := range []string{"GroupRows is 100001", "GroupBytes is -1", "Level is 12"} {
		require.ErrorContains(t, err, name)
	}
}
