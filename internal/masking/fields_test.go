package masking

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/textfields"
)

// textFields are all fields of OTLP that hold text or bytes, as pdata knows
// them. The visitor masks each. A field that is new upstream fails
// TestTextFieldsAreKnown: visit it, then add it here.
var textFields = []string{
	"AnyValue_BytesValue.BytesValue", "AnyValue_StringValue.StringValue", "EntityRef.DescriptionKeys", "EntityRef.IdKeys",
	"EntityRef.SchemaUrl", "EntityRef.Type", "InstrumentationScope.Name", "InstrumentationScope.Version", "KeyValue.Key",
	"LogRecord.EventName", "LogRecord.SeverityText", "Metric.Description", "Metric.Name", "Metric.Unit", "Profile.OriginalPayload",
	"Profile.OriginalPayloadFormat", "ProfilesDictionary.StringTable", "ResourceLogs.SchemaUrl", "ResourceMetrics.SchemaUrl",
	"ResourceProfiles.SchemaUrl", "ResourceSpans.SchemaUrl", "ScopeLogs.SchemaUrl", "ScopeMetrics.SchemaUrl", "ScopeProfiles.SchemaUrl",
	"ScopeSpans.SchemaUrl", "Span.Name", "Span.TraceState", "SpanEvent.Name", "SpanLink.TraceState", "Status.Message",
}

// No text field of the four signals is unknown, nor an alternative of those that
// may hold texts of several types.
func TestTextFieldsAreKnown(t *testing.T) {
	found := make(map[string]bool)
	for _, s := range signals {
		textfields.Visit(s.grown(), func(f textfields.Field) { found[f.Place] = true })
	}
	require.Equal(t, textFields, slices.Sorted(maps.Keys(found)))

	value, metric := pcommon.NewValueEmpty(), pmetric.NewMetric()
	require.Equal(t, []string{
		"ArrayValue", "BoolValue", "BytesValue", "DoubleValue", "IntValue", "KvlistValue", "StringValue", "StringValueStrindex", "Value",
	}, textfields.Alternatives(&value))
	require.Equal(t, []string{"Data", "ExponentialHistogram", "Gauge", "Histogram", "Sum", "Summary"}, textfields.Alternatives(&metric))
}

// A secret in every text of a payload is left in none.
func TestCanaryInEveryField(t *testing.T) {
	const rounds = 3
	for _, s := range signals {
		for _, kind := range samples.Kinds() {
			if kind == "sql_literal" {
				continue // found in queries alone
			}
			t.Run(s.name+"/"+kind, func(t *testing.T) {
				r := samples.New(7)
				for range rounds {
					sample := r.Positive(kind)
					d := s.grown()
					planted := 0
					textfields.Visit(d, func(f textfields.Field) {
						planted++
						f.Set(sample.Text)
					})
					require.Greater(t, planted, 10)
					s.mask(NewMasker(NewPolicy(everyField())), d)
					left := 0
					textfields.Visit(d, func(f textfields.Field) {
						left++
						require.NotContains(t, f.Text(), sample.Secret, f.Place)
					})
					require.Greater(t, left, 10, "nothing was removed but secrets")
				}
			})
		}
	}
}

// The same without the fields that are off by default: they, and only they, keep
// their texts.
func TestFieldsThatAreOffByDefault(t *testing.T) {
	const secret = "somebody@mail.example"
	for _, s := range signals {
		d := s.grown()
		textfields.Visit(d, func(f textfields.Field) { f.Set(secret) })
		s.mask(NewMasker(NewPolicy(testOptions())), d)
		textfields.Visit(d, func(f textfields.Field) {
			kept := !f.IsBytes() && strings.Contains(f.Text(), secret)
			off := slices.Contains([]string{"KeyValue.Key", "Metric.Name", "Metric.Description", "Metric.Unit"}, f.Place)
			require.Equal(t, off, kept, "%s: %s", s.name, f.Place)
		})
	}
}
