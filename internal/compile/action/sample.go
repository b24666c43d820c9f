package action

import (
	"slices"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

func init() {
	register(Kind{
		Name: "sample",
		Doc:  "keeps a percentage of traces, and of log records by the trace that they belong to; of streams that keep different percentages, the smaller part is a part of the larger one",
		Examples: `- sample: { percent: 20 }
- sample: { percent: 5, signals: [traces, logs], mode: proportional }`,
		Spec:    func() any { return new(sampleSpec) },
		Compile: func(spec any, s Site) (Output, document.Diagnostics) { return spec.(*sampleSpec).compile(s) },
	})
}

type sampleSpec struct {
	Percent float64  `doc:"the percentage that is kept, more than 0 and less than 100" required:"true" yaml:"percent"`
	Signals []string `doc:"the signals that are sampled; default: traces" enum:"traces,logs" yaml:"signals"`
	Mode    string   `doc:"equalizing (default in a stream): of what there was, samplers before counted in; proportional (default for all streams): of what comes; hash_seed: as collectors without tracestate do" enum:"proportional,equalizing,hash_seed" yaml:"mode"`
	Seed    int      `doc:"for hash_seed: must be the same in all collectors of a tier" min:"0" yaml:"seed"`
}

const (
	equalizing   = "equalizing"
	proportional = "proportional"
	hashSeed     = "hash_seed"
)

// compile leaves the traces to the router if it decides over them anyway, before
// anything else is done to them. Elsewhere it takes contrib's sampler, and sets
// the mode, which would depend on other settings.
func (a *sampleSpec) compile(s Site) (Output, document.Diagnostics) {
	if !(a.Percent > 0 && a.Percent < 100) { // NaN is neither.
		return Output{}, fail(s.Place, "use a number between, or remove the action", "percent: %v is not more than 0 and less than 100", a.Percent)
	}
	if a.Mode == "" {
		a.Mode = proportional
		if s.Stream != "" {
			a.Mode = equalizing
		}
	}
	if a.Seed > 0 && a.Mode != hashSeed {
		return Output{}, fail(s.Place, "set mode: hash_seed, or remove the seed", "seed: has no effect with mode %s", a.Mode)
	}
	signals := a.Signals
	if len(signals) == 0 {
		signals = []string{document.Traces}
	}
	texts := make(map[string][]string)
	for _, signal := range signals {
		texts[signal] = []string{signal}
	}
	found := unused(texts, s)
	applied := signalsOf(texts, s)
	var out Output
	if i := slices.Index(applied, document.Traces); i >= 0 && a.inRouter(s) {
		out.Keep = []Rule{a.rule()}
		applied = slices.Delete(applied, i, i+1)
	}
	if len(applied) > 0 {
		out.Processor, out.Signals = a.processor(), applied
	}
	return out, found
}

func (a *sampleSpec) inRouter(s Site) bool {
	return s.Held && s.Stream != "" && s.Index == 0 && a.Mode == equalizing
}

func (a *sampleSpec) rule() Rule {
	r := document.KeepRule{Name: "sample", Percent: &a.Percent}
	return Rule{ruleConfig(&r), ruleText(&r)}
}

func (a *sampleSpec) processor() *Component {
	config := map[string]any{"sampling_percentage": a.Percent, "mode": a.Mode}
	if a.Seed > 0 {
		config["hash_seed"] = a.Seed
	}
	return &Component{Type: "probabilistic_sampler", Config: config}
}
