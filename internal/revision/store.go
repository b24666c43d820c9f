package revision

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// format is the version of state.json.
const format = 1

// state is what state.json holds.
type state struct {
	Format    int        `json:"format"`
	Revisions []Revision `json:"revisions"`
}

func (j *Journal) load() error {
	path := filepath.Join(j.dir, "state.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if s.Format != format {
		return fmt.Errorf("%s: has format %d, this version reads %d", path, s.Format, format)
	}
	j.list = s.Revisions
	return nil
}

// save writes the list and takes it over. The caller holds the mutex.
func (j *Journal) save(list []Revision) error {
	data, err := json.MarshalIndent(state{Format: format, Revisions: list}, "", "  ")
	if err != nil {
		return err
	}
	if err := write(filepath.Join(j.dir, "state.json"), append(data, '\n')); err != nil {
		return fmt.Errorf("write the journal of revisions: %w", err)
	}
	j.list = list
	return nil
}

// write puts a file in place as a whole, and makes its directory. Documents may
// hold secrets that somebody did not keep out, so nobody else may read them.
func write(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".writing-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // Fails once it is renamed.
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename last. Where directories cannot be synced, as on
// Windows, there is nothing to do.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
