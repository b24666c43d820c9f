package masking

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/textfields"
)

// testOptions look for everything and mask it.
func testOptions() Options {
	var all detect.Set
	for _, g := range detect.Groups() {
		set, _ := detect.Group(g)
		all |= set
	}
	return Options{
		Detectors: all, Actions: make([]Action, len(detect.Names())), Text: "***{detector}***", DenyKeys: DeniedKeys,
		JSONKeys: detect.SecretNames(), SQLKeys: detect.SecretNames(), MaxValueBytes: 64 << 10, MaxDepth: 16,
		HashKeys: []HashKey{{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef")}},
	}
}

// everyField is testOptions with the fields on that are off by default.
func everyField() Options {
	o := testOptions()
	o.Fields = map[Field]bool{MetricName: true, AttributeKeys: true}
	return o
}

// maskText masks one text as if it were a log's body.
func maskText(p *Policy, s string) string {
	ld := plog.NewLogs()
	body := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body()
	body.SetStr(s)
	NewMasker(p).Logs(ld)
	return body.Str()
}

// signalCase is a kind of payload that the tests run for, with how to mask it.
type signalCase struct {
	name string
	new  func() any // a pointer to a payload
	mask func(*Masker, any)
}

// grown returns a payload in which each field has a value.
func (s *signalCase) grown() any {
	d := s.new()
	textfields.Grow(d, 24)
	return d
}

var signals = []signalCase{
	{"traces", func() any { d := ptrace.NewTraces(); return &d }, func(m *Masker, d any) { m.Traces(*d.(*ptrace.Traces)) }},
	{"metrics", func() any { d := pmetric.NewMetrics(); return &d }, func(m *Masker, d any) { m.Metrics(*d.(*pmetric.Metrics)) }},
	{"logs", func() any { d := plog.NewLogs(); return &d }, func(m *Masker, d any) { m.Logs(*d.(*plog.Logs)) }},
	{"profiles", func() any { d := pprofile.NewProfiles(); return &d }, func(m *Masker, d any) { m.Profiles(*d.(*pprofile.Profiles)) }},
}

func cleanTraces() ptrace.Traces { return samples.New(5).Traces(50, 0) }
