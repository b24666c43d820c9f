package edit

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shortLine is how long a list or a mapping may be to be written on one line.
const shortLine = 72

// nodeOf returns value as a tree that is laid out as people write it, or nil
// for nil.
func nodeOf(value any) (*yaml.Node, error) {
	if value == nil {
		return nil, nil
	}
	if n, ok := value.(*yaml.Node); ok {
		return n, nil
	}
	n := &yaml.Node{}
	if err := n.Encode(value); err != nil {
		return nil, err
	}
	layOut(n)
	return n, nil
}

// layOut puts lists of scalars, and what is within lists and short, on one line.
func layOut(n *yaml.Node) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		layOut(c)
	}
	if n.Kind != yaml.SequenceNode {
		return
	}
	flat := true
	for _, c := range n.Content {
		flat = flat && c.Kind == yaml.ScalarNode
		if c.Kind == yaml.MappingNode && len(c.Content) == 2 {
			flatten(c.Content[1])
		}
	}
	if flat && len(oneLine(n)) <= shortLine {
		n.Style = yaml.FlowStyle
	}
}

func flatten(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode && len(oneLine(n)) <= shortLine {
		n.Style = yaml.FlowStyle
	}
}

// oneLine returns n as it is written on one line.
func oneLine(n *yaml.Node) string {
	c := *n
	if c.Kind != yaml.ScalarNode {
		c.Style = yaml.FlowStyle
	}
	c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	text, err := encode(&c, 0)
	if err != nil {
		return strings.Repeat(" ", shortLine+1)
	}
	return strings.TrimRight(string(text), "\n")
}

// encode renders a tree, each line indented by so many spaces.
func encode(n *yaml.Node, indent int) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	if indent == 0 {
		return b.Bytes(), nil
	}
	pad := strings.Repeat(" ", indent)
	lines := strings.SplitAfter(b.String(), "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = pad + line
		}
	}
	return []byte(strings.Join(lines, "")), nil
}

// Node returns value as a tree that is laid out as people write it: lists of
// scalars on one line.
func Node(value any) (*yaml.Node, error) { return nodeOf(value) }
