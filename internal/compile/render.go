package compile

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// YAML renders a configuration: keys sorted, the same to the byte each time.
func YAML(config map[string]any) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(config); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}
