// Package repo holds rules of the repository as tests.
package repo

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// The versions of builder-config.yaml are those of go.mod, which decides.
func TestBuilderVersionsAreThoseOfGoMod(t *testing.T) {
	required := make(map[string]string)
	gomod := read(t, "go.mod")
	for _, m := range regexp.MustCompile(`(?m)^\s*(\S+/\S+) (v\S+)`).FindAllStringSubmatch(gomod, -1) {
		required[m[1]] = m[2]
	}
	entries := regexp.MustCompile(`gomod: (\S+) (v\S+)`)
	for _, m := range entries.FindAllStringSubmatch(withoutComments(read(t, "builder-config.yaml")), -1) {
		if strings.HasPrefix(m[1], "github.com/otelcol-datastreams/") {
			continue
		}
		require.Equal(t, required[m[1]], m[2], m[1])
	}
}

func withoutComments(text string) string {
	return regexp.MustCompile(`(?m)^\s*#.*$`).ReplaceAllString(text, "")
}

// Every package says what it knows.
func TestPackagesAreDocumented(t *testing.T) {
	documented := make(map[string]bool)
	eachGoFile(t, func(path string) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		require.NoError(t, err)
		dir := filepath.Dir(path)
		documented[dir] = documented[dir] || file.Doc != nil
	})
	for dir, ok := range documented {
		require.True(t, ok || strings.Contains(dir, "internal/metadata"), "%s has no package comment", dir)
	}
}

// Files stay readable at one sitting. The limit is above our aim of 300 lines.
func TestFilesAreShort(t *testing.T) {
	eachGoFile(t, func(path string) {
		f, err := os.Open(path)
		require.NoError(t, err)
		defer f.Close()
		lines := 0
		for s := bufio.NewScanner(f); s.Scan(); {
			lines++
		}
		require.LessOrEqual(t, lines, 350, path)
	})
}

// eachGoFile visits the Go files that people write.
func eachGoFile(t *testing.T, visit func(path string)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(name, ".") && name != ".." || name == "node_modules" || name == "data" || name == "dist" || name == "otelcol-datastreams" && path != root):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, "generated_"):
			visit(path)
		}
		return nil
	}))
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(text)
}
