package logtap_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/logtap"
)

// A logger that is built with the path is read by who listens, and by nobody
// before and after.
func TestListen(t *testing.T) {
	require.NoError(t, logtap.Register())
	require.NoError(t, logtap.Register())
	config := zap.NewProductionConfig()
	config.OutputPaths = []string{logtap.Path}
	logger, err := config.Build()
	require.NoError(t, err)

	logger.Info("before")
	var lines []string
	stop := logtap.Listen(func(line []byte) { lines = append(lines, string(line)) })
	logger.Info("between")
	stopNext := logtap.Listen(func(line []byte) { lines = append(lines, "next: "+string(line)) })
	stop() // Not his any more.
	logger.Info("next")
	stopNext()
	logger.Info("after")
	require.NoError(t, logger.Sync())

	require.Len(t, lines, 2)
	require.Contains(t, lines[0], `"msg":"between"`)
	require.Contains(t, lines[1], `next: {`)
}
