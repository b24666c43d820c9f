package spool

import "go.uber.org/zap/zapcore"

// Hurry has the Shutdown that follows wait for nobody: no file is offered to the
// store any more, and what is on its way there is called off. The next engine of
// the directory goes on with them. It must not run at the same time as Shutdown.
func (e *Engine[D]) Hurry() {
	e.options.Drain, e.hurried = 0, true
	e.spool.close() // Before the files that Shutdown seals come in.
	e.stopStoring()
}

// leftLevel is the level at which it is told that files wait for the next start.
func (e *Engine[D]) leftLevel() zapcore.Level {
	if e.hurried {
		return zapcore.InfoLevel
	}
	return zapcore.WarnLevel
}
