package ui

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// update writes the pictures of the documentation.
var update = os.Getenv("UPDATE_SCREENSHOTS") != ""

// From a machine on which there is nothing, not even a document, to data in the
// Parquet files of a stream.
func TestSetup(t *testing.T) {
	prerequisites(t)
	c := newMachine(t)
	c.start()
	c.demo()
	c.visit(t, "setup", nil)
	require.Eventually(t, func() bool { return c.files("shop") > 0 }, 30*time.Second, 200*time.Millisecond, "the new stream has no Parquet files")
	text, err := os.ReadFile(filepath.Join(c.dir, "datastreams.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(text), "shop:")
}

// From a collector that nobody has set up to data in the Parquet files of a new stream, and all
// that is done to a stream, under the demo's traffic, of which nothing is lost.
func TestPage(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "edit"})
	c.start()
	demo := c.demo()

	visit := func(name string, turns map[string]func()) {
		ok := t.Run(name, func(t *testing.T) { c.visit(t, name, turns) })
		if !ok {
			t.FailNow() // What comes next stands on it.
		}
	}
	visit("newcomer", nil)
	require.Eventually(t, func() bool { return c.files("checkout-cart") > 0 }, 30*time.Second, 200*time.Millisecond, "the new stream has no Parquet files")
	for _, name := range []string{"edit", "actions", "mistakes", "wrong", "mend", "conflict", "keyboard", "splits", "pages", "remove"} {
		visit(name, nil)
	}

	text, err := os.ReadFile(c.document)
	require.NoError(t, err)
	require.Contains(t, string(text), "# Cheap, and everything.", "comments are kept")
	require.Contains(t, string(text), "\n\n# The end.\n")

	c.ready()
	demo.interrupt()
	var summary struct {
		Signals map[string]struct {
			Sent     int `json:"sent"`
			Rejected int `json:"rejected"`
			GivenUp  int `json:"given_up"`
		} `json:"signals"`
	}
	require.NoError(t, json.Unmarshal([]byte(demo.out.String()), &summary), demo.out.String())
	require.Len(t, summary.Signals, 3)
	for name, signal := range summary.Signals {
		require.Positive(t, signal.Sent, name)
		require.Zero(t, signal.Rejected, name)
		require.Zero(t, signal.GivenUp, name)
	}
}

// A page outlives the collector, and finds it again.
func TestPageOutlivesTheCollector(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "edit"})
	c.start()
	c.visit(t, "restart", map[string]func(){"stop": c.stop, "start": c.start})
}

// An open page delays none of the reloads.
func TestPageDuringReloads(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "edit"})
	c.start()
	alone := c.reloads(t, 20)
	var watched []float64
	c.visit(t, "watch", map[string]func(){"reload": func() { watched = c.reloads(t, 20) }})
	t.Logf("20 reloads: median %.0f ms, slowest %.0f ms; with an open page: median %.0f ms, slowest %.0f ms",
		1000*median(alone), 1000*slices.Max(alone), 1000*median(watched), 1000*slices.Max(watched))
	require.Less(t, slices.Max(watched), slowest, "a reload waited for the page")
	require.Less(t, median(watched), 0.3, "reloads take long")
	require.Less(t, median(watched)-median(alone), 0.15, "reloads wait for the page")
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// On a machine without anything, every view says what to do.
func TestBarePage(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "edit"})
	c.start()
	c.visit(t, "bare", nil)
}

// Where the document cannot be written, changes are proposed.
func TestProposingPage(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "propose"})
	c.start()
	c.visit(t, "propose", nil)
}

// With an auth extension nothing shows before people have logged in.
func TestLogin(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{
		mode:       "edit",
		http:       ", auth: { authenticator: bearertokenauth }",
		extensions: "    bearertokenauth: { token: a-token-of-this-test }\n",
		collector:  "  service: { extensions: [bearertokenauth] }\n",
	})
	c.start()
	c.visit(t, "locked", nil)
	c.visit(t, "login", nil)
}

// Behind a proxy the page is below a path.
func TestPageBelowAPath(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "edit", http: ", base_path: /telemetry/streams", base: "/telemetry/streams"})
	c.start()
	c.visit(t, "below", nil)
}

// Five hundred sources, and a page that does not jerk.
func TestPageOfManySources(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "edit"})
	c.start()
	c.crowd(t, 500)
	c.visit(t, "crowd", nil)
}

func TestReadOnlyPage(t *testing.T) {
	prerequisites(t)
	c := newCollector(t, options{mode: "read_only"})
	c.start()
	c.visit(t, "readonly", nil)
}

var reloadTime = regexp.MustCompile(`"reload": "?([0-9.]+)`)

// reloads changes the document so often that the pipelines reload, and returns
// how long each reload took, in seconds.
func (c *collector) reloads(t *testing.T, times int) []float64 {
	t.Helper()
	seen := len(reloadTime.FindAllString(c.log.String(), -1))
	for i := range times {
		text, err := os.ReadFile(c.document)
		require.NoError(t, err)
		text = regexp.MustCompile(`verbosity: \w+`).ReplaceAll(text, []byte("verbosity: "+[]string{"normal", "basic"}[i%2]))
		require.NoError(t, os.WriteFile(c.document, text, 0o600))
		require.Eventually(t, func() bool {
			return len(reloadTime.FindAllString(c.log.String(), -1)) > seen+i
		}, 20*time.Second, 10*time.Millisecond, "reload %d", i)
	}
	var took []float64
	for _, m := range reloadTime.FindAllStringSubmatch(c.log.String(), -1)[seen:] {
		var seconds float64
		_, err := fmt.Sscan(m[1], &seconds)
		require.NoError(t, err)
		took = append(took, seconds)
	}
	return took
}

// files counts the Parquet files of a stream.
func (c *collector) files(stream string) int {
	n := 0
	_ = filepath.WalkDir(filepath.Join(c.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".parquet") && strings.Contains(path, stream) {
			n++
		}
		return nil // A directory may go while it is walked.
	})
	return n
}

// ready waits until the collector takes data, and the API answers.
func (c *collector) ready() {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		for _, url := range []string{c.readiness(), c.url + "/api/v1/session"} {
			resp, err := http.Get(url)
			if err != nil {
				return false
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				return false
			}
		}
		return true
	}, 30*time.Second, 50*time.Millisecond, "the API does not answer")
}
