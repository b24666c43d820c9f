package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

const uiLong = `Open the page of the collector that runs by a document (default: datastreams.yaml).
The address is that of the document, or the default without one; --url names
another. Where no browser can be opened, the address is printed and that is all.

The exit code is 0 if a collector answers at the address, 1 if not, 2 if the command
line makes no sense.`

// defaultPage is where a collector serves its page, unless it is told otherwise.
const defaultPage = "http://127.0.0.1:13134/"

func newUI() *cobra.Command {
	var address string
	var printOnly bool
	cmd := &cobra.Command{
		Use: "ui [FILE]", Short: "Open the page of a running collector", Long: uiLong, Args: atMostOneFile,
		Example: "  datastreams ui\n  datastreams ui --print /etc/datastreams/datastreams.yaml",
	}
	output := outputFlag(cmd, asText, asJSON)
	cmd.Flags().StringVar(&address, "url", "", "address of the page; default: that of the document, or "+defaultPage)
	cmd.Flags().BoolVar(&printOnly, "print", false, "print the address and open nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if address == "" {
			var err error
			if address, err = pageOf(args); err != nil {
				return err
			}
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return usageError{fmt.Errorf("url: %q is no address such as %s", address, defaultPage)}
		}
		if err := checkPage(cmd.Context(), u); err != nil {
			return err
		}
		opened := false
		if !printOnly {
			if err := openBrowser(cmd.Context(), u.String()); err != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "no browser was opened: %v; open the address yourself\n", err)
			} else {
				opened = true
			}
		}
		if *output == asJSON {
			return printJSON(cmd.OutOrStdout(), struct {
				URL    string `json:"url"`
				Opened bool   `json:"opened"`
			}{u.String(), opened})
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), u)
		return err
	}
	return cmd
}

// pageOf returns the address of the page of the document that args name. A
// document that nobody named need not be there.
func pageOf(args []string) (string, error) {
	l, err := read(documentArg(args))
	if len(args) == 0 {
		if _, statErr := os.Stat(defaultDocument); errors.Is(statErr, fs.ErrNotExist) {
			return defaultPage, nil
		}
	}
	if err != nil {
		return "", err
	}
	extensions, _ := l.result.Config["extensions"].(map[string]any)
	own, _ := extensions[compile.Extension].(map[string]any)
	server, set := own["http"]
	if set && server == nil {
		return "", fmt.Errorf("%s turns the page off: collector.extensions.datastreams.http is null", l.file)
	}
	return addressOfPage(server)
}

// addressOfPage returns the address that a browser on this machine finds a server
// at, by its configuration.
func addressOfPage(server any) (string, error) {
	config, _ := server.(map[string]any)
	text := func(key string) string {
		s, _ := config[key].(string)
		return document.ExpandEnv(s, os.LookupEnv)
	}
	u := url.URL{Scheme: "http", Host: "127.0.0.1:13134", Path: strings.TrimSuffix(text("base_path"), "/") + "/"}
	if config["tls"] != nil {
		u.Scheme = "https"
	}
	if endpoint := text("endpoint"); endpoint != "" {
		host, port, err := net.SplitHostPort(endpoint)
		if err != nil {
			return "", fmt.Errorf("the document has the page at %q, which is no host:port: name its address with --url", endpoint)
		}
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "127.0.0.1" // All addresses of this machine.
		}
		u.Host = net.JoinHostPort(host, port)
	}
	return u.String(), nil
}

// checkPage reports whether the page of a collector is at u.
func checkPage(ctx context.Context, u *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath("api/v1/session").String(), http.NoBody)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return nil // It answers; whether its certificate is trusted is for the browser to say.
	}
	if err != nil {
		return fmt.Errorf("no collector answers at %s: start one with otelcol-datastreams --config datastreams:%s, "+
			"or name its address with --url: %w", u, defaultDocument, err)
	}
	_ = answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK, http.StatusUnauthorized, http.StatusForbidden:
		return nil
	}
	return fmt.Errorf("%s answers %s: that is not the page of a collector; name its address with --url", u, answer.Status)
}

// openers are the programs that open an address in a browser, by operating
// system; xdg-open for all others.
var openers = map[string][]string{
	"darwin":  {"open"},
	"windows": {"rundll32", "url.dll,FileProtocolHandler"},
}

func openBrowser(ctx context.Context, address string) error {
	command := openers[runtime.GOOS]
	if command == nil {
		command = []string{"xdg-open"}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	opener := exec.CommandContext(ctx, command[0], append(command[1:], address)...) //nolint:gosec // The address was parsed, and no shell sees it.
	return opener.Run()
}
