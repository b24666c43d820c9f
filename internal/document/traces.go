package document

// The values of TracesSettings, where programs have to know them.
const (
	Root        = "root"         // TracesSettings.Integrity
	Any         = "any"          // TracesSettings.Integrity
	FollowTrace = "follow_trace" // TracesSettings.Logs
)

// TracesSettings say what becomes of a trace whose resources belong to different
// streams. What is left out has the router's default.
type TracesSettings struct {
	Place          Place
	Integrity      string   `doc:"split (default): every resource goes its own way; root: the whole trace goes to the streams of its root span's resource; any: the whole trace goes to every stream of any of its resources. For root and any, and wherever a stream has keep rules, traces are held until they are complete" yaml:"integrity" enum:"split,root,any"`
	Hold           Duration `doc:"the longest time that a trace is held, from its first span on; default: 30s" yaml:"hold"`
	Quiet          Duration `doc:"how long after its latest span a trace that has its root is complete; default: 2s" yaml:"quiet"`
	Remember       Duration `doc:"how long the verdict over a trace is remembered at least, for spans that come late; default: 5m" yaml:"remember"`
	MaxVerdicts    int      `doc:"bound of the verdicts that are remembered, of about 50 bytes each; default: 500000" yaml:"max_verdicts" min:"1"`
	Late           string   `doc:"what becomes of spans that come when the verdict over their trace may be forgotten: route (default) or drop, counted" yaml:"late" enum:"route,drop"`
	MaxMiB         int      `doc:"bound of the memory of held traces, in MiB; at it the oldest and largest are decided early; default: 256" yaml:"max_mib" min:"1"`
	Logs           string   `doc:"independent (default): log records go by their resource; follow_trace: those with a trace id go where their trace goes, and are dropped where it is" yaml:"logs" enum:"independent,follow_trace"`
	EstimateSplits *bool    `doc:"measure, from a sample, how many traces are divided between streams; default: true" yaml:"estimate_splits"`
}

func (t *TracesSettings) setPlace(at Place) { t.Place = at }

// KeepRule says which traces a stream keeps, and how many of them. A rule
// without conditions is about every trace.
type KeepRule struct {
	Place          Place
	Name           string     `doc:"what the rule is called in metrics, unique in its stream; default: rule-1 for the first, and so on" yaml:"name"`
	Errors         bool       `doc:"holds if a span has the status error" yaml:"errors"`
	SlowerThan     Duration   `doc:"holds if the trace took longer, from the first start of a span to the last end" yaml:"slower_than"`
	MinSpans       int        `doc:"holds if the trace has at least as many spans" yaml:"min_spans" min:"1"`
	Attributes     Selector   `doc:"holds if any span has all of these attributes; in the form of sources" yaml:"attributes"`
	Condition      string     `doc:"holds if this OTTL condition does for any span" yaml:"condition"`
	Sources        []Selector `doc:"holds if any span's resource is one of these" yaml:"sources"`
	Never          bool       `doc:"drop the traces that the rule is about" yaml:"never"`
	Percent        *float64   `doc:"keep this share of them, from 0 to 100, by consistent probability; default: 100" yaml:"percent" min:"0"`
	SpansPerSecond *float64   `doc:"keep about as many spans per second, fairly divided among root spans' sources and names" yaml:"spans_per_second" min:"0"`
	Share          string     `doc:"what is fair for spans_per_second: sqrt (default) gives more to what there is more of; equal the same to all" yaml:"share" enum:"sqrt,equal"`
}

func (r *KeepRule) setPlace(at Place) { r.Place = at }
