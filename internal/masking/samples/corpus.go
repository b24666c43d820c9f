package samples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What the corpus below testdata/masking holds of each kind.
const (
	benignTexts = 700
	secretTexts = 60
	corpusSeed  = 6
)

// Corpus returns the files of the corpus by their paths below testdata/masking:
// one with texts for each benign kind, and one with samples for each detector.
func Corpus() (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, kind := range BenignKinds() {
		r := New(corpusSeed)
		var b bytes.Buffer
		for range benignTexts {
			b.WriteString(r.Benign(kind) + "\n")
		}
		files[benignPath(kind)] = b.Bytes()
	}
	for _, kind := range Kinds() {
		r := New(corpusSeed)
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		for range secretTexts {
			if err := encoder.Encode(split(r.Positive(kind))); err != nil {
				return nil, err
			}
		}
		files[secretPath(kind)] = b.Bytes()
	}
	return files, nil
}

func benignPath(kind string) string { return filepath.Join("benign", kind+".txt") }
func secretPath(kind string) string { return filepath.Join("secret", kind+".jsonl") }

// storedSample is a Sample in a file. The secret is in two halves, so that nothing
// that looks for leaked secrets takes it for one.
type storedSample struct {
	Before string    `json:"before,omitempty"`
	Secret [2]string `json:"secret"`
	After  string    `json:"after,omitempty"`
	Key    string    `json:"key,omitempty"`
}

func split(s Sample) storedSample {
	before, after, _ := strings.Cut(s.Text, s.Secret)
	half := len(s.Secret) / 2
	return storedSample{Before: before, Secret: [2]string{s.Secret[:half], s.Secret[half:]}, After: after, Key: s.Key}
}

// ReadBenign returns the texts of a benign kind from the corpus in dir.
func ReadBenign(dir, kind string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(dir, benignPath(kind)))
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n"), nil
}

// ReadSecrets returns the samples of a detector from the corpus in dir.
func ReadSecrets(dir, kind string) ([]Sample, error) {
	path := filepath.Join(dir, secretPath(kind))
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var samples []Sample
	for line := range bytes.Lines(data) {
		var s storedSample
		if err := json.Unmarshal(line, &s); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, len(samples)+1, err)
		}
		secret := s.Secret[0] + s.Secret[1]
		samples = append(samples, Sample{Secret: secret, Text: s.Before + secret + s.After, Key: s.Key})
	}
	return samples, nil
}
