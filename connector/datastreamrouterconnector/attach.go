package datastreamrouterconnector

import (
	"sync"

	"go.opentelemetry.io/collector/pipeline"
	"go.uber.org/zap"
)

// attaching guards what the routers of a connector share in its configuration. The Collector makes the
// routers of a connector from one configuration, in any order, before it starts
// any of them.
var attaching sync.Mutex

// attach gives a router its part in holding traces, if they are held.
func (r *router[D, C]) attach(cfg *Config) error {
	if !cfg.owns(r.kind.Signal) {
		return nil
	}
	h, err := r.holderOf(cfg)
	if err != nil {
		return err
	}
	switch r := any(r).(type) {
	case *tracesRouter:
		h.traces, h.keepers, h.series = r, make(map[*account]*keeper), newGrants[ruleKey](seriesLimit()-len(decisionNames))
		for name, k := range h.rules.streams {
			h.keepers[r.accounts[name]] = k
		}
		r.holder, r.intake = h, h.consumeTraces
		err = h.publish(r.builder)
	case *logsRouter:
		h.logs = r
		r.holder, r.intake = h, h.consumeLogs
	}
	for i := range cfg.Streams {
		if s := &cfg.Streams[i]; s.WhenRefused == refusalPushBack && r.lanes[s.Name] != nil {
			r.settings.Logger.Warn("The senders of what is held are gone: what the stream's pipeline refuses is tried again, and not pushed back.",
				zap.String("stream", s.Name), zap.Stringer("signal", r.kind.Signal))
		}
	}
	return err
}

// holderOf returns the holder of a configuration, which it makes for the first
// that asks.
func (r *router[D, C]) holderOf(cfg *Config) (*holder, error) {
	attaching.Lock()
	defer attaching.Unlock()
	if cfg.holder == nil || cfg.holder.closed.Load() {
		rules, problems := cfg.compileKeep(r.settings)
		if len(problems) > 0 {
			return nil, problems[0]
		}
		cfg.holder = newHolder(cfg, rules)
	}
	return cfg.holder, nil
}

// feed notes that a stream has a pipeline for some signal.
func (c *Config) feed(stream string) {
	attaching.Lock()
	defer attaching.Unlock()
	if c.fed == nil {
		c.fed = make(map[string]bool)
	}
	c.fed[stream] = true
}

// owns reports whether the signal's router holds data that senders believe
// delivered.
func (c *Config) owns(signal pipeline.Signal) bool {
	return signal == pipeline.SignalTraces && c.holds() || signal == pipeline.SignalLogs && c.follows()
}

// policyOf returns the stream's policy. There is nobody to push back to once a
// sender has been told that all is well.
func (r *router[D, C]) policyOf(s *StreamConfig) policy {
	p := s.policy()
	if r.owns && p.refusal == refusalPushBack {
		p.refusal = refusalRetry
	}
	return p
}
