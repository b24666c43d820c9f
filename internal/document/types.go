package document

import "iter"

// The values that documents write, where programs have to know them.
const (
	Traces   = "traces"
	Metrics  = "metrics"
	Logs     = "logs"
	Profiles = "profiles"

	Observe = "observe" // Stream.Mode
	Paused  = "paused"  // Stream.Mode

	Drop = "drop" // Stream.WhenRefused

	First          = "first"           // Document.Match
	PerDestination = "per_destination" // Document.Dedupe

	Disk   = "disk"   // Settings.Queue and Destination.Queue
	Memory = "memory" // Settings.Queue and Destination.Queue
	None   = "none"   // Destination.Queue

	// Default is the name of the stream that gets what no other takes.
	Default = "default"
)

// Version is the version of documents that this package reads.
const Version = 1

// Document is a datastreams.yaml.
type Document struct {
	// File is the name that the document was parsed under.
	File string

	Version      int              `doc:"version of the document's format: 1" yaml:"version" required:"true"`
	Receivers    Section          `doc:"Collector receivers by their id; default: otlp on 127.0.0.1:4317 (gRPC) and 127.0.0.1:4318 (HTTP)" yaml:"receivers"`
	Actions      []Action         `doc:"what is done to all data before it is divided into streams, in order" yaml:"actions"`
	MaskProfiles Map[Mask]        `doc:"what mask actions are told, by a name that their key profile refers to" yaml:"mask_profiles"`
	Destinations Map[Destination] `doc:"where streams deliver, by a short name" yaml:"destinations"`
	Streams      Map[Stream]      `doc:"the streams by their identity, in order of precedence; the one named default gets what no other takes" yaml:"streams" required:"true"`
	Match        string           `doc:"which of the streams that match a source get its data: all of them (default), or the first" yaml:"match" enum:"all,first"`
	Dedupe       string           `doc:"whether a destination may get an item from several streams: none, it may (default); per_destination: it gets it from the first of them" yaml:"dedupe" enum:"none,per_destination"`
	Settings     Settings         `doc:"what the whole collector has in common" yaml:"settings"`
	Tests        []Test           `doc:"which streams resources belong to, checked by datastreams test" yaml:"tests"`
	Collector    Section          `doc:"plain Collector configuration, merged over what is compiled" yaml:"collector"`
}

// AllActions yields the document's actions: those for all data, then those of
// the streams, in order.
func (d *Document) AllActions() iter.Seq[*Action] {
	return func(yield func(*Action) bool) {
		for i := range d.Actions {
			if !yield(&d.Actions[i]) {
				return
			}
		}
		for i := range d.Streams {
			for j := range d.Streams[i].Value.Actions {
				if !yield(&d.Streams[i].Value.Actions[j]) {
					return
				}
			}
		}
	}
}

// Stream is a named part of the data.
type Stream struct {
	Title        string      `doc:"what people call the stream; may change, unlike its key" yaml:"title"`
	Description  string      `doc:"what the stream is for" yaml:"description"`
	Sources      []Selector  `doc:"alternatives; each maps resource attributes to what their values must be, and all of one entry must hold" yaml:"sources"`
	Exclude      []Selector  `doc:"in the form of sources: what is not of this stream" yaml:"exclude"`
	Signals      []string    `doc:"the signals of the stream; default: all that its destinations take" yaml:"signals" enum:"traces,metrics,logs,profiles"`
	Actions      []Action    `doc:"what is done to this stream's data only, in order" yaml:"actions"`
	Destinations []Reference `doc:"names of destinations" yaml:"destinations"`
	Mode         string      `doc:"deliver (default); observe: count and deliver nothing; paused: drop and count" yaml:"mode" enum:"deliver,observe,paused"`
	WhenRefused  string      `doc:"what happens to data that a destination refuses for now: retry (default) holds it in memory and offers it again; drop; push_back tells the sender to send again" yaml:"when_refused" enum:"retry,drop,push_back"`
	RetryFor     Duration    `doc:"how long refused data is offered again; default: 5m" yaml:"retry_for"`
	Timeout      Duration    `doc:"how long senders and other streams wait for this one; default: 250ms, or 2s if all destinations are Parquet with a log; 0s: for ever" yaml:"timeout"`
}

// Settings are what the whole collector has in common.
type Settings struct {
	DataDir         string         `doc:"directory of everything that is kept on disk; default: ./data" yaml:"data_dir"`
	Queue           string         `doc:"where data waits for destinations: disk (default) or memory" yaml:"queue" enum:"disk,memory"`
	QueueMiB        int            `doc:"bound of the queue that each destination has for each signal, in MiB of OTLP; default: 512" yaml:"queue_mib" min:"1"`
	MemoryMiB       int            `doc:"memory at which receivers are told to wait, in MiB; default: 80 percent of what there is" yaml:"memory_mib" min:"64"`
	HoldMiB         int            `doc:"bound of what streams hold after a destination refused it, in MiB of OTLP; streams with several destinations divide as much again among them, 8 MiB each at least; default: 64" yaml:"hold_mib" min:"1"`
	Traces          TracesSettings `doc:"what becomes of traces whose resources belong to different streams" yaml:"traces"`
	SourceIdentity  []string       `doc:"resource attributes that name a source; default: k8s.namespace.name and service.name" yaml:"source_identity"`
	MetricsEndpoint Endpoint       `doc:"host and port of the collector's own metrics; default: 127.0.0.1:8888" yaml:"metrics_endpoint"`
	HealthEndpoint  Endpoint       `doc:"host and port of the health check; default: 127.0.0.1:13133" yaml:"health_endpoint"`
}

// Test says which streams a resource belongs to.
type Test struct {
	Place    Place
	Name     string      `doc:"what the test shows" yaml:"name"`
	Resource Attributes  `doc:"the resource's attributes" yaml:"resource" required:"true"`
	Signal   string      `doc:"take only streams with this signal into account; default: all streams" yaml:"signal" enum:"traces,metrics,logs,profiles"`
	Expect   []Reference `doc:"names of the streams that get it, in any order; [] for none" yaml:"expect" required:"true"`
}
