package action

import (
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

func init() {
	register(Kind{
		Name: "sample",
		Doc:  "keeps a percentage of traces, and of log records by the trace that they belong to",
		Examples: `- sample: { percent: 20 }
- sample: { percent: 5, signals: [traces, logs], mode: equalizing }`,
		Spec:    func() any { return new(sampleSpec) },
		Compile: func(spec any, s Site) (Output, document.Diagnostics) { return spec.(*sampleSpec).compile(s) },
	})
}

type sampleSpec struct {
	Percent float64  `doc:"the percentage that is kept, more than 0 and less than 100" required:"true" yaml:"percent"`
	Signals []string `doc:"the signals that are sampled; default: traces" enum:"traces,logs" yaml:"signals"`
	Mode    string   `doc:"proportional: of what comes; equalizing: of what there was, samplers before counted in; hash_seed: as collectors without tracestate do" enum:"proportional,equalizing,hash_seed" yaml:"mode"`
	Seed    int      `doc:"for hash_seed: must be the same in all collectors of a tier" min:"0" yaml:"seed"`
}

// compile sets the mode of contrib's sampler, which would choose one by the other
// settings.
func (a *sampleSpec) compile(s Site) (Output, document.Diagnostics) {
	if !(a.Percent > 0 && a.Percent < 100) { // NaN is neither.
		return Output{}, fail(s.Place, "use a number between, or remove the action", "percent: %v is not more than 0 and less than 100", a.Percent)
	}
	mode := a.Mode
	if mode == "" {
		mode = "proportional"
	}
	signals := a.Signals
	if len(signals) == 0 {
		signals = []string{document.Traces}
	}
	config := map[string]any{"sampling_percentage": a.Percent, "mode": mode}
	if a.Seed > 0 {
		if mode != "hash_seed" {
			return Output{}, fail(s.Place, "set mode: hash_seed, or remove the seed", "seed: has no effect with mode %s", mode)
		}
		config["hash_seed"] = a.Seed
	}
	texts := make(map[string][]string)
	for _, signal := range signals {
		texts[signal] = []string{signal}
	}
	found := unused(texts, s)
	applied := signalsOf(texts, s)
	if len(applied) == 0 {
		return Output{}, found
	}
	return Output{Processor: &Component{"probabilistic_sampler", config}, Signals: applied}, found
}
