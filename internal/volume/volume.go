// Package volume measures the volumes that directories are on.
package volume

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Size returns the size, in bytes, of the volume that holds a directory, or 0 if
// it is not known. A directory that is not there yet is looked for in the closest
// one above it that is. It is the size and not what is free: that would be another
// one each time.
func Size(directory string) int64 {
	directory, err := filepath.Abs(directory)
	if err != nil {
		return 0
	}
	for {
		switch _, err := os.Stat(directory); {
		case err == nil:
			return size(directory)
		case !errors.Is(err, fs.ErrNotExist) || directory == filepath.Dir(directory):
			return 0
		}
		directory = filepath.Dir(directory)
	}
}
