package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-datastreams/otelcol-datastreams/cmd/datastreams/internal/load"
	"github.com/otelcol-datastreams/otelcol-datastreams/cmd/datastreams/internal/otlptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCommandLine(t *testing.T) {
	for name, tc := range map[string]struct {
		args           []string
		code           int
		stdout, stderr string // regular expressions
	}{
		"no command":     {args: []string{}, stdout: `(?s)datastreams \[command\].*  demo `},
		"version":        {args: []string{"version"}, stdout: `^datastreams \S+, commit \S+, go1\S+ \w+/\w+\n$`},
		"no such thing":  {args: []string{"brew"}, code: exitUsage, stderr: `^datastreams: there is no command "brew"; see datastreams --help\n$`},
		"no such flag":   {args: []string{"demo", "--color"}, code: exitUsage, stderr: `unknown flag: --color; see datastreams demo --help\n$`},
		"an argument":    {args: []string{"demo", "now"}, code: exitUsage, stderr: `datastreams demo takes no argument, but got "now"; see datastreams demo --help\n$`},
		"bad output":     {args: []string{"demo", "-o", "xml"}, code: exitUsage, stderr: `output: "xml" is neither text nor json`},
		"bad values":     {args: []string{"demo", "--protocol", "x", "--rate", "-1"}, code: exitUsage, stderr: `(?s)protocol: "x" .*rate: -1 is negative`},
		"no signals":     {args: []string{"demo", "--traces=false", "--logs=false", "--metrics=false", "--profiles=false"}, code: exitUsage, stderr: "nothing to send"},
		"nobody there":   {args: []string{"demo", "--endpoint", "127.0.0.1:1"}, code: exitFailed, stderr: `^datastreams: nothing listens on 127.0.0.1:1: start the collector`},
		"help of a demo": {args: []string{"demo", "--help"}, stdout: `(?s)--sequence-attribute key`},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, tc.code, run(tc.args, &stdout, &stderr))
			requireMatch(t, tc.stdout, stdout.String())
			requireMatch(t, tc.stderr, stderr.String())
		})
	}
}

// requireMatch wants nothing where no pattern is given.
func requireMatch(t *testing.T, pattern, text string) {
	t.Helper()
	if pattern == "" {
		require.Empty(t, text)
		return
	}
	require.Regexp(t, pattern, text)
}

// The JSON summary is the only thing on standard output, and tells what the
// collector received.
func TestDemoReportsJSON(t *testing.T) {
	c := otlptest.Start(t, load.SignalNames()...)
	for protocol, endpoint := range map[string]string{load.GRPC: c.GRPC, load.HTTP: "http://" + c.HTTP} {
		var stdout, stderr bytes.Buffer
		code := run([]string{
			"demo", "--endpoint", endpoint, "--protocol", protocol, "--rate", "0", "--total", "300",
			"--metrics=false", "--sequence-attribute", "n", "-o", "json",
		}, &stdout, &stderr)
		require.Equal(t, exitOK, code, stderr.String())
		var report load.Report
		require.NoError(t, json.Unmarshal(stdout.Bytes(), &report))
		require.Equal(t, protocol, report.Protocol)
		require.Len(t, report.Signals, 3)
		for name, s := range report.Signals {
			require.Equal(t, int64(300), s.Sent, name)
			require.Equal(t, otlptest.UpTo(300), c.Numbers(t, name, "n"), name)
		}
		require.Zero(t, c.Metrics.DataPointCount())
		c.Traces.Reset()
		c.Logs.Reset()
		c.Profiles.Reset()
	}
}

// An interrupt ends the demo in good order: what was sent is what arrived, and
// the summary says so.
func TestDemoEndsWhenInterrupted(t *testing.T) {
	c := otlptest.Start(t, "traces", "logs")
	var once sync.Once
	c.Refuse(func() (err error) {
		if c.Traces.SpanCount() > 0 && c.Logs.LogRecordCount() > 0 {
			once.Do(func() { err = syscall.Kill(syscall.Getpid(), syscall.SIGTERM) })
		}
		return err
	})
	var stdout, stderr bytes.Buffer
	code := run([]string{"demo", "--endpoint", c.GRPC, "--rate", "100"}, &stdout, &stderr)
	require.Equal(t, exitOK, code, stderr.String())
	for name, received := range map[string]int{"traces": c.Traces.SpanCount(), "logs": c.Logs.LogRecordCount()} {
		require.Regexp(t, fmt.Sprintf(`(?m)^%s +%d +\d+ +0 +0 +0$`, name, received), stdout.String())
	}
}
