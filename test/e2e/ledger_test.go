package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// sequence is the attribute that numbers the records of a signal.
const sequence = "test.sequence"

// streamsOf says, apart from the router, which streams of testdata/*.yaml a
// resource belongs to.
func streamsOf(resource pcommon.Map) []string {
	get := func(key string) string {
		v, _ := resource.Get(key)
		return v.Str()
	}
	var streams []string
	if ns := get("service.namespace"); ns == "shop" || ns == "payments" {
		streams = append(streams, "storefront")
	}
	if get("service.name") == "cart" {
		streams = append(streams, "trial")
	}
	if get("service.namespace") == "backoffice" && get("deployment.environment.name") != "staging" {
		streams = append(streams, "backoffice")
	}
	return streams
}

// book is what was sent: by signal and stream ("" for none), the numbers.
type book map[string]map[string][]int64

func (b book) enter(signal, stream string, number int64) {
	if b[signal] == nil {
		b[signal] = make(map[string][]int64)
	}
	b[signal][stream] = append(b[signal][stream], number)
}

// sender sends the shop's telemetry and keeps the book.
type sender struct {
	t    *testing.T
	shop *shop.Shop
	cc   *grpc.ClientConn
	http string
	sent book
	at   time.Time
	turn int
}

func newSender(t *testing.T, grpcAddress, httpAddress string) *sender {
	t.Helper()
	cc, err := grpc.NewClient(grpcAddress, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { cc.Close() })
	return &sender{
		t: t, cc: cc, http: httpAddress, sent: make(book),
		shop: shop.New(1, shop.WithSequence(sequence)),
		// Half of the data lies in another hour than the rest.
		at: time.Now().UTC().Truncate(time.Hour).Add(-30 * time.Second),
	}
}

// sendAll sends payloads of all signals, each by gRPC or HTTP in turn.
func (s *sender) sendAll(rounds int) {
	s.t.Helper()
	for range rounds {
		s.at = s.at.Add(time.Second)
		for _, f := range flows {
			s.send(f)
		}
	}
}

func (s *sender) send(f flow) {
	s.t.Helper()
	p := f.generate(s.shop, 300, s.at)
	require.NoError(s.t, p.visit(func(resource, record pcommon.Map) {
		number, ok := record.Get(sequence)
		require.True(s.t, ok)
		streams := streamsOf(resource)
		if len(streams) == 0 {
			streams = []string{""}
		}
		for _, stream := range streams {
			s.sent.enter(f.signal, stream, number.Int())
		}
	}))
	s.turn++
	if s.turn%3 == 0 {
		require.NoError(s.t, p.post(s.t.Context(), s.http), f.signal)
	} else {
		require.NoError(s.t, p.export(s.t.Context(), s.cc), f.signal)
	}
}

// duckdb runs SQL statements with DuckDB and returns the rows of each.
func duckdb(t *testing.T, statements ...string) [][]map[string]any {
	t.Helper()
	out, err := exec.Command(tool(t, "duckdb"), statements...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	var results [][]map[string]any
	for line := range strings.Lines(string(out)) {
		var rows []map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &rows))
		results = append(results, rows)
	}
	return results
}

// storedNumbers reads the numbers of a stream's records from Parquet, sorted.
// Records that are stored twice come twice.
func storedNumbers(t *testing.T, root, signal, stream string) []int64 {
	t.Helper()
	rows := duckdb(t, fmt.Sprintf(
		`SELECT attributes['%s']::BIGINT AS n FROM read_parquet('%s/%s/v1/**/*.parquet', hive_partitioning=true) WHERE stream = '%s' ORDER BY n`,
		sequence, root, signal, stream,
	))[0]
	numbers := make([]int64, len(rows))
	for i, row := range rows {
		numbers[i] = int64(row["n"].(float64))
	}
	return numbers
}

// writtenNumbers reads the numbers of a signal from a file exporter's file.
func writtenNumbers(t *testing.T, f flow, file string) []int64 {
	t.Helper()
	var numbers []int64
	f.readLines(t, file, func(_, record pcommon.Map) {
		number, _ := record.Get(sequence)
		numbers = append(numbers, number.Int())
	})
	slices.Sort(numbers)
	return numbers
}

// equalNumbers compares without printing thousands of numbers.
func equalNumbers(want, got []int64) error {
	if slices.Equal(want, got) {
		return nil
	}
	count := make(map[int64]int)
	for _, n := range want {
		count[n]++
	}
	for _, n := range got {
		count[n]--
	}
	var missing, extra int
	for _, c := range count {
		if c > 0 {
			missing += c
		} else {
			extra -= c
		}
	}
	return fmt.Errorf("%d of %d records missing, %d too many", missing, len(want), extra)
}

var routed = regexp.MustCompile(`^otelcol_connector_datastreamrouter_items(?:_total)?\{(.*)\} ([0-9.e+]+)$`)

// routerCounts reads the router's metric from the collector's own telemetry,
// as "signal/stream/outcome" to items.
func routerCounts(t *testing.T, address string) map[string]int64 {
	t.Helper()
	answer, err := http.Get("http://" + address + "/metrics")
	require.NoError(t, err)
	defer answer.Body.Close()
	counts := make(map[string]int64)
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		m := routed.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		labels := make(map[string]string)
		for label := range strings.SplitSeq(m[1], ",") {
			k, v, _ := strings.Cut(label, "=")
			labels[k] = strings.Trim(v, `"`)
		}
		n, err := strconv.ParseFloat(m[2], 64)
		require.NoError(t, err)
		counts[labels["signal"]+"/"+labels["stream"]+"/"+labels["outcome"]] += int64(n)
	}
	return counts
}

// sortedKeys returns the keys of m in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
