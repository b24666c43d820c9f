package datastreamsprovider

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.uber.org/zap"
)

// setup asks, behind the path, for a document to be made where there is none. It
// has to be asked for: with a mistyped name a collector must not start.
const setup = "?setup"

// first is the document of a collector that nobody has set up. Data is counted,
// so that people see who sends, and goes nowhere: the stream says so by itself.
const first = `version: 1

destinations:
  nowhere: { nop: {} }

streams:
  # What no other stream takes is counted and dropped, until this one has a destination that keeps it.
  default: { mode: paused, destinations: [nowhere] }
`

// prepare returns the path of a document. If the path asks for it, and there is
// no file, it makes one.
func prepare(path string, logger *zap.Logger) (string, error) {
	path, asked := strings.CutSuffix(path, setup)
	if !asked {
		return path, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(first)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(path)) // Half a document would be taken for one.
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	logger.Warn("THE COLLECTOR IS NOT SET UP: there was no document, and one was made. Data is counted and dropped until a stream takes it. "+
		"Make streams on the page that the datastreams extension serves, http://127.0.0.1:13134, or in the file.", zap.String("document", path))
	return path, nil
}
