// Package signal spells out the four signals: what traces, metrics, logs and
// profiles are called in code that treats them alike. A Kind is that spelling
// and nothing else; logic does not belong here.
package signal

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumererror/xconsumererror"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/pipeline/xpipeline"
)

// Consumer is what the consumers of all signals have in common.
type Consumer interface {
	Capabilities() consumer.Capabilities
}

// Kind is how one signal's payload D and its consumer C are handled. All
// functions are safe for concurrent use on different payloads.
type Kind[D any, C Consumer] struct {
	Signal pipeline.Signal

	// Len returns the number of resources in d, Resource the i-th one's
	// resource, which shares memory with d.
	Len      func(d D) int
	Resource func(d D, i int) pcommon.Resource

	// Items counts what the signal is measured in: spans, data points, log
	// records, profile samples.
	Items func(d D) int

	// Bytes is the size of d in OTLP protobuf. It walks all of d.
	Bytes func(d D) int

	// Marshal encodes d as OTLP protobuf, equal data to equal bytes. It leaves
	// d as it is.
	Marshal func(d D) ([]byte, error)

	// NewLike returns an empty payload that can hold resources of d. For
	// profiles it comes with a copy of d's dictionary.
	NewLike func(d D) D
	// Grow makes room for n resources in d, which is empty.
	Grow func(d D, n int)
	// Divide empties d: the i-th resource moves to the end of to[of[i]], which
	// was made by NewLike(d). Nothing of d is copied. It costs least for those
	// that go to to[most].
	Divide func(d D, of []int32, to []D, most int32)
	// MoveAll empties src into the end of dst, which was made by NewLike(src) or
	// is what src was made like. Nothing is copied.
	MoveAll func(src, dst D)
	// Append copies the i-th resource of src to the end of dst, which was made
	// by NewLike(src) or is what src was made like.
	Append func(src D, i int, dst D)
	// Clone returns a deep copy.
	Clone func(d D) D

	// Rewritten says that consumers which declare that they do not mutate may
	// rewrite a payload all the same, unless it is read-only: pprofile's
	// marshaler replaces the strings of attributes by references.
	Rewritten bool

	// Keep takes d out of the Collector's recycling of payloads (feature gate
	// pdata.useProtoPooling), which would reuse its memory when the consumer
	// that it is handed to returns. It is garbage collected instead.
	Keep func(d D)

	MarkReadOnly func(d D)
	IsReadOnly   func(d D) bool

	// Partial wraps err so that a caller who looks for it (the export helper's
	// retry does) finds d in it, the part of its data that failed.
	Partial func(err error, d D) error

	// Consume hands d to the consumer, which owns it from then on.
	Consume func(c C, ctx context.Context, d D) error
}

// Traces is measured in spans.
var Traces = Kind[ptrace.Traces, consumer.Traces]{
	Signal:   pipeline.SignalTraces,
	Len:      func(d ptrace.Traces) int { return d.ResourceSpans().Len() },
	Resource: func(d ptrace.Traces, i int) pcommon.Resource { return d.ResourceSpans().At(i).Resource() },
	Items:    ptrace.Traces.SpanCount,
	Bytes:    (&ptrace.ProtoMarshaler{}).TracesSize,
	Marshal:  (&ptrace.ProtoMarshaler{}).MarshalTraces,
	NewLike:  func(ptrace.Traces) ptrace.Traces { return ptrace.NewTraces() },
	Grow:     func(d ptrace.Traces, n int) { d.ResourceSpans().EnsureCapacity(n) },
	Divide:   divide(ptrace.Traces.ResourceSpans),
	MoveAll:  func(src, dst ptrace.Traces) { src.ResourceSpans().MoveAndAppendTo(dst.ResourceSpans()) },
	Append: func(src ptrace.Traces, i int, dst ptrace.Traces) {
		src.ResourceSpans().At(i).CopyTo(dst.ResourceSpans().AppendEmpty())
	},
	Clone:        clone(ptrace.NewTraces, ptrace.Traces.CopyTo),
	Keep:         pref.RefTraces,
	MarkReadOnly: ptrace.Traces.MarkReadOnly,
	IsReadOnly:   ptrace.Traces.IsReadOnly,
	Partial:      consumererror.NewTraces,
	Consume:      consumer.Traces.ConsumeTraces,
}

// Metrics is measured in data points.
var Metrics = Kind[pmetric.Metrics, consumer.Metrics]{
	Signal:   pipeline.SignalMetrics,
	Len:      func(d pmetric.Metrics) int { return d.ResourceMetrics().Len() },
	Resource: func(d pmetric.Metrics, i int) pcommon.Resource { return d.ResourceMetrics().At(i).Resource() },
	Items:    pmetric.Metrics.DataPointCount,
	Bytes:    (&pmetric.ProtoMarshaler{}).MetricsSize,
	Marshal:  (&pmetric.ProtoMarshaler{}).MarshalMetrics,
	NewLike:  func(pmetric.Metrics) pmetric.Metrics { return pmetric.NewMetrics() },
	Grow:     func(d pmetric.Metrics, n int) { d.ResourceMetrics().EnsureCapacity(n) },
	Divide:   divide(pmetric.Metrics.ResourceMetrics),
	MoveAll:  func(src, dst pmetric.Metrics) { src.ResourceMetrics().MoveAndAppendTo(dst.ResourceMetrics()) },
	Append: func(src pmetric.Metrics, i int, dst pmetric.Metrics) {
		src.ResourceMetrics().At(i).CopyTo(dst.ResourceMetrics().AppendEmpty())
	},
	Clone:        clone(pmetric.NewMetrics, pmetric.Metrics.CopyTo),
	Keep:         pref.RefMetrics,
	MarkReadOnly: pmetric.Metrics.MarkReadOnly,
	IsReadOnly:   pmetric.Metrics.IsReadOnly,
	Partial:      consumererror.NewMetrics,
	Consume:      consumer.Metrics.ConsumeMetrics,
}

// Logs is measured in log records.
var Logs = Kind[plog.Logs, consumer.Logs]{
	Signal:   pipeline.SignalLogs,
	Len:      func(d plog.Logs) int { return d.ResourceLogs().Len() },
	Resource: func(d plog.Logs, i int) pcommon.Resource { return d.ResourceLogs().At(i).Resource() },
	Items:    plog.Logs.LogRecordCount,
	Bytes:    (&plog.ProtoMarshaler{}).LogsSize,
	Marshal:  (&plog.ProtoMarshaler{}).MarshalLogs,
	NewLike:  func(plog.Logs) plog.Logs { return plog.NewLogs() },
	Grow:     func(d plog.Logs, n int) { d.ResourceLogs().EnsureCapacity(n) },
	Divide:   divide(plog.Logs.ResourceLogs),
	MoveAll:  func(src, dst plog.Logs) { src.ResourceLogs().MoveAndAppendTo(dst.ResourceLogs()) },
	Append: func(src plog.Logs, i int, dst plog.Logs) {
		src.ResourceLogs().At(i).CopyTo(dst.ResourceLogs().AppendEmpty())
	},
	Clone:        clone(plog.NewLogs, plog.Logs.CopyTo),
	Keep:         pref.RefLogs,
	MarkReadOnly: plog.Logs.MarkReadOnly,
	IsReadOnly:   plog.Logs.IsReadOnly,
	Partial:      consumererror.NewLogs,
	Consume:      consumer.Logs.ConsumeLogs,
}

// Profiles is measured in samples. Its resources refer to strings, stacks and
// attributes in the payload's dictionary, so they never travel without one.
var Profiles = Kind[pprofile.Profiles, xconsumer.Profiles]{
	Signal:    xpipeline.SignalProfiles,
	Rewritten: true,
	Len:       func(d pprofile.Profiles) int { return d.ResourceProfiles().Len() },
	Resource: func(d pprofile.Profiles, i int) pcommon.Resource {
		return d.ResourceProfiles().At(i).Resource()
	},
	Items: pprofile.Profiles.SampleCount,
	Bytes: (&pprofile.ProtoMarshaler{}).ProfilesSize,
	// The marshaler replaces strings by references in what it is given.
	Marshal: func(d pprofile.Profiles) ([]byte, error) {
		return (&pprofile.ProtoMarshaler{}).MarshalProfiles(clone(pprofile.NewProfiles, pprofile.Profiles.CopyTo)(d))
	},
	NewLike: func(d pprofile.Profiles) pprofile.Profiles {
		p := pprofile.NewProfiles()
		d.Dictionary().CopyTo(p.Dictionary())
		return p
	},
	Grow:    func(d pprofile.Profiles, n int) { d.ResourceProfiles().EnsureCapacity(n) },
	Divide:  divide(pprofile.Profiles.ResourceProfiles),
	MoveAll: func(src, dst pprofile.Profiles) { src.ResourceProfiles().MoveAndAppendTo(dst.ResourceProfiles()) },
	Append: func(src pprofile.Profiles, i int, dst pprofile.Profiles) {
		src.ResourceProfiles().At(i).CopyTo(dst.ResourceProfiles().AppendEmpty())
	},
	Clone:        clone(pprofile.NewProfiles, pprofile.Profiles.CopyTo),
	Keep:         pref.RefProfiles,
	MarkReadOnly: pprofile.Profiles.MarkReadOnly,
	IsReadOnly:   pprofile.Profiles.IsReadOnly,
	Partial:      xconsumererror.NewProfiles,
	Consume:      xconsumer.Profiles.ConsumeProfiles,
}

func clone[D any](empty func() D, copyTo func(D, D)) func(D) D {
	return func(d D) D {
		c := empty()
		copyTo(d, c)
		return c
	}
}

// divide moves each resource to where Divide says, and those that stay together
// in one step.
func divide[D any, R interface{ MoveTo(R) }, S interface {
	RemoveIf(func(R) bool)
	MoveAndAppendTo(S)
	AppendEmpty() R
}](resources func(D) S,
) func(d D, of []int32, to []D, most int32) {
	return func(d D, of []int32, to []D, most int32) {
		i := 0
		all := resources(d)
		all.RemoveIf(func(r R) bool {
			target := of[i]
			i++
			if target != most {
				r.MoveTo(resources(to[target]).AppendEmpty())
			}
			return target != most
		})
		all.MoveAndAppendTo(resources(to[most]))
	}
}
