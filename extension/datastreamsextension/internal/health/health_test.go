package health

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

func TestLines(t *testing.T) {
	w := New()
	now := time.Unix(1000, 0)
	w.now = func() time.Time { return now }
	const fields = `{"resource": {"service.name": "x"}, "otelcol.component.id": "otlp_http/vendor", "otelcol.component.kind": "exporter", "error": "%s"}`
	for _, c := range []struct {
		line    string
		message string
		dropped bool
	}{
		{"2026-01-01T00:00:00.000Z\tinfo\tinternal/retry_sender.go:136\tExporting failed. Will retry the request after interval.\t" + fmt.Sprintf(fields, "refused") + "\n", "refused", false},
		{"t\terror\tinternal/queue_sender.go:50\tExporting failed. Dropping data.\t" + fmt.Sprintf(fields, "no") + "\nsome.Func\n\tfile.go:1\n", "no", true},
		{`{"level":"info","msg":"Exporting failed. Will retry the request after interval.","otelcol.component.id":"otlp_http/vendor","otelcol.component.kind":"Exporter","error":"json"}` + "\n", "json", false},
	} {
		now = now.Add(time.Second)
		w.Line([]byte(c.line))
		require.Equal(t, Failure{Time: now, Message: c.message, Dropped: c.dropped}, w.State("otlp_http/vendor").Failure)
	}
	before := w.State("otlp_http/vendor")
	for name, line := range map[string]string{
		"shutdown":  "t\terror\tx\tExporting failed. Dropping data.\t" + fmt.Sprintf(fields, "interrupted due to shutdown: refused"),
		"other":     "t\tinfo\tx\tEverything is ready.\t" + fmt.Sprintf(fields, "e"),
		"receiver":  "t\tinfo\tx\tExporting failed.\t" + strings.Replace(fmt.Sprintf(fields, "e"), `"exporter"`, `"receiver"`, 1),
		"malformed": "t\tinfo\tx\tExporting failed.\t{\"error\": ",
		"no fields": "Exporting failed.",
	} {
		w.Line([]byte(line))
		require.Equal(t, before, w.State("otlp_http/vendor"), name)
	}
	require.Len(t, w.of, 1)
	w.Line([]byte("t\tinfo\tx\tExporting failed.\t" + fmt.Sprintf(fields, strings.Repeat("x", 2*maxMessage))))
	require.Len(t, w.State("otlp_http/vendor").Failure.Message, maxMessage)
	for i := range 2 * Capacity {
		w.Line([]byte("t\tinfo\tx\tExporting failed.\t" + strings.Replace(fmt.Sprintf(fields, "e"), "vendor", fmt.Sprint(i), 1)))
	}
	require.Len(t, w.of, Capacity, "what is remembered is bounded")
}

func TestStatus(t *testing.T) {
	w := New()
	id := component.MustNewIDWithName("parquet", "lake")
	note := func(kind component.Kind, e *componentstatus.Event) {
		w.Status(componentstatus.NewInstanceID(id, kind), e)
	}
	note(component.KindReceiver, componentstatus.NewEvent(componentstatus.StatusOK))
	require.Equal(t, State{}, w.State("parquet/lake"))
	note(component.KindExporter, componentstatus.NewEvent(componentstatus.StatusOK))
	require.Equal(t, State{Status: componentstatus.StatusOK}, w.State("parquet/lake"))
	e := componentstatus.NewPermanentErrorEvent(errors.New("disk full"))
	note(component.KindExporter, e)
	failure := Failure{Time: e.Timestamp(), Message: "disk full", Dropped: true}
	require.Equal(t, State{Status: componentstatus.StatusPermanentError, Failure: failure}, w.State("parquet/lake"))
	note(component.KindExporter, componentstatus.NewEvent(componentstatus.StatusStopped))
	require.Equal(t, State{Failure: failure}, w.State("parquet/lake"), "it does not run any more; the error stays")
}
