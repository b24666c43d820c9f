package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// good is a result that holds all bars.
func good(who string) result {
	return result{isolationCase: starving, who: who, a: account{before: 2500, during: 2500, kept: 1}, b: account{offered: 100, delivered: 90, lost: 5}, dropped: 5}
}

func TestVerdict(t *testing.T) {
	starved := good(contrib)
	starved.a.kept = 0.04
	for name, tc := range map[string]struct {
		spoil func(*result)
		want  string
	}{
		"good":       {func(*result) {}, ""},
		"just good":  {func(r *result) { r.a.kept, r.a.repeated = 0.991, 0.0009 }, ""},
		"starved":    {func(r *result) { r.a.kept = 0.96 }, "keeps 96.0 %"},
		"repeated":   {func(r *result) { r.a.repeated = 0.002 }, "0.0020 repeated arrivals"},
		"a lost":     {func(r *result) { r.a.lost = 1 }, "1 records of stream a were taken"},
		"silent":     {func(r *result) { r.dropped = 3 }, "2 records of stream b were lost and not counted"},
		"hung":       {func(r *result) { r.stopped = errors.New("hung") }, "did not end well: hung"},
		"no traffic": {func(r *result) { r.a = account{} }, "keeps 0.0 %"},
	} {
		t.Run(name, func(t *testing.T) {
			r := good(ours)
			tc.spoil(&r)
			reasons := verdict([]result{r, starved})
			if tc.want == "" {
				require.Empty(t, reasons)
				return
			}
			require.Len(t, reasons, 1)
			require.Contains(t, reasons[0], tc.want)
		})
	}
}

// The peer that is known to starve must be seen to starve; what else it misses
// is no reason to fail.
func TestVerdictOnThePeer(t *testing.T) {
	peer := good(contrib)
	require.Contains(t, verdict([]result{peer})[0], "the method does not see")
	peer.separate = true
	peer.a = account{}
	require.Empty(t, verdict([]result{peer}))

	peer.fault, peer.ended, peer.stopped = panics, true, errors.New("exit status 2")
	require.Empty(t, verdict([]result{peer}))
	peer.a.kept = 1
	require.Contains(t, verdict([]result{peer})[0], "the method does not see")
}

func TestTableMarksMissesOfOursOnly(t *testing.T) {
	mine, peer := good(ours), good(contrib)
	mine.a.kept, peer.a.kept = 0.04, 0.04
	mine.dropped, peer.dropped = 0, 0
	lines := strings.Split(strings.TrimSpace(table([]result{mine, peer})), "\n")
	require.Len(t, lines, 4)
	for _, line := range lines {
		require.Equal(t, len(columns)+1, strings.Count(line, "|"), line)
	}
	require.Contains(t, lines[2], "| refuse | queue | both streams | ours | 2,500 | 2,500 | **missed:** 4.0 % |")
	require.Contains(t, lines[2], "| **missed:** 5 |")
	require.NotContains(t, lines[3], "missed")

	mine.ended, peer.ended = true, true
	text := table([]result{mine, peer})
	require.Contains(t, text, "| **missed:** ours, process ended |")
	require.Contains(t, text, "| contrib, process ended |")
}

func TestReportSaysWhatARecordIs(t *testing.T) {
	require.True(t, strings.HasPrefix(must(wireOf("metrics")).report(nil), "Signal metrics; a record is a data point.\n\n| fault of b |"))
}

func TestReplaceReport(t *testing.T) {
	opening := must(wireOf("traces")).opening()
	text, err := replaceReport("head\n"+opening+"old\n"+closing+"\ntail\n", opening, "new\n")
	require.NoError(t, err)
	require.Equal(t, "head\n"+opening+"new\n"+closing+"\ntail\n", text)
	_, err = replaceReport("text", opening, "new\n")
	require.ErrorContains(t, err, `there is no "<!-- faults:traces -->"`)
	_, err = replaceReport(opening, opening, "new\n")
	require.ErrorContains(t, err, `has no "<!-- /faults -->"`)
}

func TestSelectCases(t *testing.T) {
	all, err := selectCases("")
	require.NoError(t, err)
	require.Equal(t, cases, all)
	some, err := selectCases("^refuse-queue")
	require.NoError(t, err)
	require.Equal(t, []isolationCase{starving, {fault: refuse, buffer: queue, separate: true}}, some)
	_, err = selectCases("earthquake")
	require.ErrorContains(t, err, "there are none-queue, refuse-queue,")
	_, err = selectCases("(")
	require.Error(t, err)
}

func TestCountDropped(t *testing.T) {
	const metrics = `# TYPE otelcol_connector_datastreamrouter_items counter
otelcol_connector_datastreamrouter_items{outcome="delivered",signal="logs",stream="b"} 1000
otelcol_connector_datastreamrouter_items{outcome="refused",signal="logs",stream="b"} 500
otelcol_connector_datastreamrouter_items{outcome="rejected",signal="logs",stream="b"} 20
otelcol_connector_datastreamrouter_items{outcome="rejected",signal="logs",stream="a"} 7
# TYPE otelcol_exporter_send_failed_log_records counter
otelcol_exporter_send_failed_log_records{exporter="otlp_grpc/b"} 3
otelcol_exporter_send_failed_log_records{exporter="otlp_grpc/a"} 9
`
	logs := must(wireOf("logs"))
	n, err := countDropped(strings.NewReader(metrics), logs, queue)
	require.NoError(t, err)
	require.Equal(t, 23, n)
	n, err = countDropped(strings.NewReader(metrics), logs, noQueue)
	require.NoError(t, err)
	require.Equal(t, 20, n)
	n, err = countDropped(strings.NewReader(metrics), must(wireOf("traces")), queue)
	require.NoError(t, err)
	require.Equal(t, 20, n, "the exporter's metric is the signal's")
	_, err = countDropped(strings.NewReader("no metrics{"), logs, queue)
	require.Error(t, err)
}
