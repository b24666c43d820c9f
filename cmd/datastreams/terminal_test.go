package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

var update = flag.Bool("update", false, "write the golden files")

// Every command as people see it: what they type, what they get, and the exit
// code. The golden files are in testdata/terminal.
func TestTerminal(t *testing.T) {
	for name, tc := range map[string]struct {
		stdin    string
		commands []string // Words are separated by spaces.
	}{
		"validate":         {commands: []string{"validate shop.yaml", "validate --deny-warnings shop.yaml", "validate shop.yaml -o json", "validate shop.yaml -o github", "validate --probe shop.yaml", "validate small.yaml --deny-warnings"}},
		"validate-wrong":   {commands: []string{"validate wrong.yaml", "validate wrong.yaml -o json", "validate wrong.yaml -o github", "validate shopp.yaml", "validate plain.yaml", "validate a b", "validate -o xml", "validate traces.json", "validate settings.yaml", "validate settings.yaml -o json"}},
		"mistakes":         {commands: []string{"validate", "validate tabs.yaml", "validate indented.yaml", "validate misaligned.yaml", "validate twice.yaml", "validate unset.yaml", "validate smal.yaml", "validate --probe shop.yaml --deny-warnings", "test tabs.yaml", "apply tabs.yaml", "plan tabs.yaml", "explain -f twice.yaml -r service.name=cart"}},
		"render":           {commands: []string{"render small.yaml", "render small.yaml --diff small2.yaml", "render small.yaml --diff small2.yaml -o json", "render wrong.yaml", "render small.yaml -o json"}},
		"explain":          {commands: []string{"explain -f shop.yaml -r service.name=cart", "explain -f shop.yaml -r service.name=checkout-a -r team=blue --all", "explain -f failing.yaml -r service.namespace=shops", "explain -f shop.yaml -r service.name=cart -o json", "explain -f shop.yaml traces.json", "explain -f shop.yaml --signal metrics -r team=blue", "explain -f masked.yaml -r service.name=cart", "explain -f masked.yaml -r service.name=other -o json"}},
		"explain-wrong":    {commands: []string{"explain", "explain -r a", "explain -r a=b --signal trace", "explain -f wrong.yaml -r a=b", "explain -f shop.yaml nothing.json", "explain -f shop.yaml small.yaml"}},
		"test":             {commands: []string{"test shop.yaml", "test failing.yaml", "test failing.yaml -o json", "test failing.yaml -o junit", "test small.yaml"}},
		"init":             {commands: []string{"init -", "init - --parquet s3://acme/otel --otlp tempo:4317 --stream shop=service.namespace=shop,payments --stream cart=service.name=cart", "init new.yaml --otlp 127.0.0.1:4317", "validate new.yaml", "init new.yaml", "init - --stream shop", "init --from plain.yaml --otlp a:1", "init second.yaml -o json", "init - -o json", "init second.yaml -o json --parquet nonsense"}},
		"init-asks":        {stdin: "\nbackend:4317\nshop\nservice.namespace\nshop, payments\nbad name\nempty\n\n\n\n", commands: []string{"init --ask asked.yaml", "test asked.yaml"}},
		"init-from":        {commands: []string{"init --from routing.yaml -", "init --from plain.yaml -", "init --from shop.yaml -", "init --from nothing.yaml -"}},
		"plan-and-history": {commands: []string{"plan small.yaml", "history small.yaml", "RECORD small.yaml", "plan small.yaml", "plan small2.yaml", "plan shop.yaml -o json", "history small.yaml", "history small.yaml -o json", "plan wrong.yaml"}},
		"apply":            {commands: []string{"RECORD small.yaml", "COPY small.yaml datastreams.yaml", "apply small2.yaml --wait 0", "plan", "rollback 1 --wait 0", "plan", "rollback 9", "rollback one", "apply", "apply wrong.yaml", "apply small2.yaml --wait 200ms"}},
		"small-volume":     {commands: []string{"VOLUME 40", "validate small.yaml", "validate small.yaml -o json", "plan small.yaml", "RECORD small.yaml", "plan small2.yaml", "plan small2.yaml -o json"}},
		"ui-without":       {commands: []string{"ui --print --url http://127.0.0.1:1/", "ui --url page", "ui nothing.yaml", "COPY small.yaml datastreams.yaml", "ui one two"}},
		"top-without":      {commands: []string{"top --url http://127.0.0.1:1/metrics", "top --interval 0s"}},
		"help":             {commands: []string{"--help", "validate --help", "render --help", "explain --help", "test --help", "init --help", "plan --help", "apply --help", "history --help", "rollback --help", "schema --help", "top --help", "ui --help", "vaildate", "schema x"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, golden := t.TempDir(), terminalFile(t, name+".golden")
			copyDocuments(t, dir)
			t.Chdir(dir)
			t.Setenv("TEAM", "blue")
			onVolume(t, 1<<50)
			var transcript strings.Builder
			stdin := strings.NewReader(tc.stdin)
			for _, command := range tc.commands {
				words := strings.Fields(command)
				if words[0] == strings.ToUpper(words[0]) {
					prepare(t, words)
					continue
				}
				var stdout, stderr bytes.Buffer
				code := runWith(stdin, words, &stdout, &stderr)
				fmt.Fprintf(&transcript, "$ datastreams %s\n%s%s[%d]\n\n", command, stdout.String(), prefixed(stderr.String()), code)
			}
			got := scrub(transcript.String())
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func terminalFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "terminal", name))
	require.NoError(t, err)
	return path
}

func copyDocuments(t *testing.T, to string) {
	t.Helper()
	for _, pattern := range []string{"*.yaml", "*.json"} {
		files, err := filepath.Glob(filepath.Join("testdata", "terminal", pattern))
		require.NoError(t, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(to, filepath.Base(file)), data, 0o600))
		}
	}
}

// onVolume has the machine look as if it had a volume of so many bytes.
func onVolume(t *testing.T, bytes int64) {
	before := machine
	machine.VolumeSize = func(string) int64 { return bytes }
	t.Cleanup(func() { machine = before })
}

// prepare does what a collector or a person does between commands.
func prepare(t *testing.T, words []string) {
	t.Helper()
	if words[0] == "VOLUME" {
		gibibytes, err := strconv.ParseInt(words[1], 10, 64)
		require.NoError(t, err)
		onVolume(t, gibibytes<<30)
		return
	}
	data, err := os.ReadFile(words[1])
	require.NoError(t, err)
	if words[0] == "COPY" {
		require.NoError(t, os.WriteFile(words[2], data, 0o600))
		return
	}
	require.NoError(t, record(data, revision.Applied, nil))
}

// record writes a revision into the journal, as the collector does.
func record(data []byte, state revision.State, cause error) error {
	j, err := revision.Open("data/revisions")
	if err != nil {
		return err
	}
	r := revision.Revision{Kind: "graph", Summary: []string{"stream default is new"}, State: state}
	if cause != nil {
		r.Error = cause.Error()
	}
	_, err = j.Record(data, r)
	return err
}

// prefixed marks what goes to standard error.
func prefixed(stderr string) string {
	var b strings.Builder
	for line := range strings.Lines(stderr) {
		b.WriteString("! " + strings.TrimSuffix(line, "\n") + "\n")
	}
	return b.String()
}

// scrub replaces what differs from run to run.
func scrub(text string) string {
	text = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?`).ReplaceAllString(text, "TIME")
	return regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(text, "")
}

// apply waits for the collector, and tells what it says.
func TestApplyWaits(t *testing.T) {
	for name, tc := range map[string]struct {
		state  revision.State
		cause  error
		code   int
		output string
	}{
		"applied": {state: revision.Applied, output: `"kind": "membership"(?s).*"state": "applied"`},
		"refused": {state: revision.Failed, cause: errors.New("port 4317 is taken"), code: exitFailed, output: `"error": "the collector refused it: port 4317 is taken"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			copyDocuments(t, dir)
			t.Chdir(dir)
			prepare(t, []string{"COPY", "small.yaml", "datastreams.yaml"})
			prepare(t, []string{"RECORD", "small.yaml"})
			next, err := os.ReadFile("small2.yaml")
			require.NoError(t, err)
			collector := make(chan error)
			go func() {
				for {
					if now, err := os.ReadFile("datastreams.yaml"); err == nil && bytes.Equal(now, next) {
						collector <- record(next, tc.state, tc.cause)
						return
					}
					time.Sleep(5 * time.Millisecond)
				}
			}()
			var stdout, stderr bytes.Buffer
			code := make(chan int)
			go func() { code <- run([]string{"apply", "small2.yaml", "-o", "json"}, &stdout, &stderr) }()
			require.NoError(t, <-collector)
			require.Equal(t, tc.code, <-code)
			require.Regexp(t, tc.output, stdout.String())
		})
	}
}
