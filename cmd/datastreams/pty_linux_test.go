package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal is what a person sits at: what is written to person shows up as
// typed in program, and the other way round.
type terminal struct {
	t               *testing.T
	person, program *os.File
	seen            strings.Builder
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("there are no terminals here: %v", err)
	}
	person := os.NewFile(uintptr(fd), "ptmx")
	t.Cleanup(func() { _ = person.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	require.NoError(t, err)
	program, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = program.Close() })
	require.NoError(t, person.SetReadDeadline(time.Now().Add(30*time.Second)))
	return &terminal{t: t, person: person, program: program}
}

// expect reads until the text shows up.
func (c *terminal) expect(text string) {
	c.t.Helper()
	buffer := make([]byte, 4096)
	for !strings.Contains(c.seen.String(), text) {
		n, err := c.person.Read(buffer)
		c.seen.Write(buffer[:n])
		require.NoError(c.t, err, "waiting for %q, seen:\n%s", text, c.seen.String())
	}
	_, rest, _ := strings.Cut(c.seen.String(), text)
	c.seen.Reset()
	c.seen.WriteString(rest)
}

func (c *terminal) enter(line string) {
	c.t.Helper()
	_, err := io.WriteString(c.person, line+"\n")
	require.NoError(c.t, err)
}

// On a terminal init asks, says what is wrong with an answer, and writes a
// document that is valid.
func TestInitOnTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	onVolume(t, 1<<50)
	c := newTerminal(t)
	code := make(chan int, 1)
	go func() { code <- runWith(c.program, []string{"init"}, c.program, c.program) }()
	for _, step := range [][2]string{
		{"Where shall Parquet files go?", ""},
		{"An OTLP/gRPC backend as host:port, or none [none]:", "tempo:4317"},
		{"Name of a stream, or nothing to finish:", "not a name"},
		{"Name of a stream, or nothing to finish:", "shop"},
		{"resource attribute [service.name]:", "service.namespace"},
		{"separated by commas):", "shop, payments"},
		{"Name of a stream, or nothing to finish:", ""},
	} {
		c.expect(step[0])
		c.enter(step[1])
	}
	c.expect("wrote datastreams.yaml: 2 streams.")
	require.Equal(t, exitOK, <-code)
	require.Equal(t, exitOK, runWith(c.program, []string{"test"}, io.Discard, io.Discard))

	go func() { code <- runWith(c.program, []string{"init"}, c.program, c.program) }()
	c.expect("datastreams.yaml is there already")
	require.Equal(t, exitFailed, <-code)
}
