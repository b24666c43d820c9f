package masking

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// A value that was clean under a key is not looked at again in the payload: under
// another key at the same place it is, and nothing of it is kept afterwards.
func TestRecentValues(t *testing.T) {
	p := policyWith(func(o *Options) { o.DenyKeys = []string{"password"} })
	m := NewMasker(p)
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, key := range []string{"a", "a", "password", "a"} {
		spans.AppendEmpty().Attributes().PutStr(key, "plain-text")
	}
	spans.AppendEmpty().Attributes().PutStr("a", "jo@example.org")
	m.Traces(td)
	var got []string
	for _, s := range spans.All() {
		for _, v := range s.Attributes().All() {
			got = append(got, v.Str())
		}
	}
	require.Equal(t, []string{"plain-text", "plain-text"}, got[:2])
	require.NotContains(t, got[2], "plain")
	require.Equal(t, "plain-text", got[3])
	require.NotContains(t, got[4], "jo@")

	w := newWorker(p, m.Tally())
	w.traces(td)
	if w.plain.isPlain {
		require.NotEmpty(t, w.recent[SpanAttributes][0].clean)
	}
	w.flush()
	for f := range w.recent {
		for i := range w.recent[f] {
			require.Empty(t, w.recent[f][i].clean)
		}
	}
}
