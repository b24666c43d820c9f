package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes of the tool.
const (
	exitOK     = 0
	exitFailed = 1 // what was asked for did not work
	exitUsage  = 2 // what was asked for makes no sense
)

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run executes the command line args and returns the exit code. Results go to
// stdout; progress, messages and errors to stderr. The first SIGINT or SIGTERM
// ends a command in good order, the second one ends the process.
func run(args []string, stdout, stderr io.Writer) int {
	return runWith(os.Stdin, args, stdout, stderr)
}

// runWith is run with another standard input.
func runWith(stdin io.Reader, args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errProblems) {
		return exitFailed
	}
	fmt.Fprintf(stderr, "datastreams: %v\n", err)
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "datastreams",
		Short: "The tool beside the collector otelcol-datastreams",
		Long: `The tool beside the collector otelcol-datastreams: it makes, checks, explains and
changes the document datastreams.yaml, which says what streams there are.

Results go to standard output, messages to standard error. Exit codes: 0 for
success, 1 if what was asked for did not work or showed problems, 2 if the
command line makes no sense.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q; see datastreams --help", args[0])}
			}
			return nil
		},
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true, // run prints them, once.
		SilenceUsage:  true, // An error should not scroll away behind a page of flags.
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(newDemo(), newApply(), newExplain(), newHistory(), newInit(), newParquet(), newPlan(), newRender(), newRollback(), newSchema(), newTest(), newTop(), newUI(), newValidate(), newVersion())
	for _, cmd := range root.Commands() {
		cmd.ValidArgsFunction = completionOf(cmd)
	}
	return root
}

// completionOf says what shells complete as arguments of a command.
func completionOf(cmd *cobra.Command) cobra.CompletionFunc {
	switch {
	case strings.Contains(cmd.Use, "[FILE]") || strings.HasSuffix(cmd.Use, " NEW"):
		return cobra.FixedCompletions([]cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt)
	case strings.Contains(cmd.Use, "FILE"):
		return nil // Any file.
	}
	return cobra.NoFileCompletions
}

// noArgs refuses arguments to commands that take flags only.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s takes no argument, but got %q; see %[1]s --help", cmd.CommandPath(), args[0])}
	}
	return nil
}
