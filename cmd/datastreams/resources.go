package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// maxResources bounds the different resources that are taken from a file.
const maxResources = 10_000

// readResources returns the different resources of a file of OTLP in JSON: one
// value, or one in each line. signal replaces the file's, if it is not empty.
func readResources(stdin io.Reader, name, signal string) ([]question, error) {
	source := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		source = file
	}
	r := &resources{signal: signal, seen: make(map[string]bool)}
	decoder := json.NewDecoder(bufio.NewReader(source))
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.read(value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: not OTLP in JSON: %w", name, err)
		}
	}
	if len(r.found) == 0 {
		return nil, fmt.Errorf("%s: holds no resources", name)
	}
	return r.found, nil
}

// resources collects resources, each once for a signal.
type resources struct {
	signal string
	seen   map[string]bool
	found  []question
}

func (r *resources) read(value []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(value, &keys); err != nil {
		return err
	}
	switch {
	case keys["resourceSpans"] != nil:
		d, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(value)
		return each(r, err, document.Traces, func() int { return d.ResourceSpans().Len() }, func(i int) pcommon.Resource { return d.ResourceSpans().At(i).Resource() })
	case keys["resourceMetrics"] != nil:
		d, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(value)
		return each(r, err, document.Metrics, func() int { return d.ResourceMetrics().Len() }, func(i int) pcommon.Resource { return d.ResourceMetrics().At(i).Resource() })
	case keys["resourceLogs"] != nil:
		d, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(value)
		return each(r, err, document.Logs, func() int { return d.ResourceLogs().Len() }, func(i int) pcommon.Resource { return d.ResourceLogs().At(i).Resource() })
	case keys["resourceProfiles"] != nil:
		d, err := (&pprofile.JSONUnmarshaler{}).UnmarshalProfiles(value)
		return each(r, err, document.Profiles, func() int { return d.ResourceProfiles().Len() }, func(i int) pcommon.Resource { return d.ResourceProfiles().At(i).Resource() })
	}
	return errors.New("wants resourceSpans, resourceMetrics, resourceLogs or resourceProfiles")
}

// each adds the resources of a payload, unless it could not be read.
func each(r *resources, err error, signal string, count func() int, at func(i int) pcommon.Resource) error {
	if err != nil {
		return err
	}
	if r.signal != "" {
		signal = r.signal
	}
	for i := range count() {
		key, err := json.Marshal(at(i).Attributes().AsRaw())
		if err != nil {
			key = bytes.Clone([]byte(fmt.Sprint(at(i).Attributes().AsRaw()))) // NaN has no JSON.
		}
		if id := signal + string(key); !r.seen[id] && len(r.found) < maxResources {
			r.seen[id] = true
			r.found = append(r.found, question{at(i), signal})
		}
	}
	return nil
}
