package spool

import "go.uber.org/zap/zapcore"

// Hurry has the Shutdown that follows wait for nobody: what the store has not
// taken by then is left to the next engine of the directory. It must not run at
// the same time as Shutdown.
func (e *Engine[D]) Hurry() { e.options.Drain, e.hurried = 0, true }

// leftLevel is the level at which it is told that files wait for the next start.
func (e *Engine[D]) leftLevel() zapcore.Level {
	if e.hurried {
		return zapcore.InfoLevel
	}
	return zapcore.WarnLevel
}
