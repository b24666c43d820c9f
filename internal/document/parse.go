package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parse reads a document. name is the file's, for diagnostics. Whatever could be
// read is returned, so that more can be said of it; it is complete if the
// diagnostics have no error.
func Parse(name string, data []byte) (*Document, Diagnostics) {
	p := &parser{file: name}
	root := p.root(data)
	d := &Document{File: name}
	if root == nil {
		return d, p.found
	}
	p.decode(root, "", d)
	p.version(root, d.Version)
	return d, p.found.Sorted()
}

// version refuses documents of a version that this program does not know.
func (p *parser) version(root *yaml.Node, version int) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if value := root.Content[i+1]; root.Content[i].Value == "version" && value.Tag == "!!int" && version != Version {
			p.fail(value, "version", fmt.Sprintf("write %d, or use a newer program", Version), "this program knows no version %d", version)
		}
	}
}

// parser collects what is wrong with a document.
type parser struct {
	file  string
	found Diagnostics
}

func (p *parser) place(n *yaml.Node, path string) Place {
	return Place{Position{p.file, n.Line, n.Column}, path}
}

// fail notes an error at n.
func (p *parser) fail(n *yaml.Node, path, remedy, format string, args ...any) {
	p.found = append(p.found, Diagnostic{
		Severity: Error, Position: Position{p.file, n.Line, n.Column}, Path: path,
		Message: fmt.Sprintf(format, args...), Remedy: remedy,
	})
}

// root returns the mapping that the document consists of, or nil.
func (p *parser) root(data []byte) *yaml.Node {
	whole := &yaml.Node{}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var file yaml.Node
	if err := decoder.Decode(&file); err != nil {
		if errors.Is(err, io.EOF) {
			p.fail(whole, "", "start with `datastreams init`", "the document is empty")
		} else {
			p.syntax(data, err)
		}
		return nil
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		p.fail(whole, "", "keep one, and remove the line with ---", "the file holds several documents")
	}
	root := file.Content[0]
	if root.Kind != yaml.MappingNode {
		p.fail(root, "", "start with `version: 1`", "the document must be a mapping of keys, not %s", kindOf(root))
		return nil
	}
	return root
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntax explains what YAML itself does not take.
func (p *parser) syntax(data []byte, err error) {
	message, at := strings.TrimPrefix(err.Error(), "yaml: "), &yaml.Node{}
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		at.Line, _ = strconv.Atoi(m[1]) // They are digits.
		at.Column = 1
		message = strings.Replace(message, m[0], "", 1)
	}
	remedy := "check the indentation and the colons of this line and the one before"
	for i, line := range strings.Split(string(data), "\n") {
		if before, _, ok := strings.Cut(line, "\t"); ok && strings.TrimSpace(before) == "" {
			at.Line, at.Column = i+1, len(before)+1
			message, remedy = "a tab is used for indentation", "use spaces: YAML takes no tabs there"
			break
		}
	}
	p.fail(at, "", remedy, "not valid YAML: %s", message)
}

// kindOf names what n is, for people.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return kindOf(n.Alias)
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return "the boolean " + n.Value
	case "!!null":
		return "nothing"
	default:
		return fmt.Sprintf("the text %q", n.Value)
	}
}
