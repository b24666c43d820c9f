package main

import (
	"bytes"
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// commands calls visit with every command that does something.
func commands(cmd *cobra.Command, visit func(*cobra.Command)) {
	if !cmd.HasSubCommands() {
		visit(cmd)
	}
	for _, c := range cmd.Commands() {
		commands(c, visit)
	}
}

// Every command has JSON for scripts, but for those whose output has a form of
// its own; and tells its exit codes where they mean something.
func TestCommandsAreAlike(t *testing.T) {
	own := []string{"datastreams schema", "datastreams parquet ddl", "datastreams parquet cat", "datastreams parquet schema"}
	commands(newRoot(), func(cmd *cobra.Command) {
		flag := cmd.Flags().Lookup("output")
		if slices.Contains(own, cmd.CommandPath()) {
			return
		}
		require.NotNil(t, flag, cmd.CommandPath())
		require.Equal(t, "o", flag.Shorthand, cmd.CommandPath())
		require.Contains(t, flag.Usage, asJSON, cmd.CommandPath())
		require.NotEmpty(t, cmd.Short, cmd.CommandPath())
	})
}

// Shells complete commands, formats and files.
func TestCompletion(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, exitOK, run([]string{"completion", shell}, &stdout, &stderr), stderr.String())
		require.Contains(t, stdout.String(), "datastreams")
	}
	for _, tc := range []struct {
		words []string
		want  string // regular expression
	}{
		{[]string{"va"}, `(?m)^validate\t`},
		{[]string{"validate", "-o", ""}, `(?s)text\njson\ngithub\n:4\n`},
		{[]string{"validate", ""}, `(?m)^:8$`},
		{[]string{"explain", "--signal", ""}, `(?s)traces\n.*logs`},
		{[]string{"top", ""}, `(?m)^:4$`},
	} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, exitOK, run(append([]string{"__complete"}, tc.words...), &stdout, &stderr), stderr.String())
		require.Regexp(t, tc.want, stdout.String(), tc.words)
	}
}
