package datastreamsextension

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/guard"
)

// HTTPConfig is how people get to the page and the API.
type HTTPConfig struct {
	// HTTP is the server. It is on unless the key is null. Default endpoint:
	// 127.0.0.1:13134. An endpoint that others can reach needs auth.
	HTTP configoptional.Optional[ServerConfig] `mapstructure:"http"`

	// Mode is edit, propose or read_only. Default: edit, which becomes propose
	// where the document cannot be written.
	Mode api.Mode `mapstructure:"mode"`

	// Hosts are names that the page is served under, beside those of loopback;
	// "*" stands for all. Without one of them, requests that come by a name are
	// refused, so that a foreign page cannot make a browser read this one.
	Hosts []string `mapstructure:"hosts"`
}

// ServerConfig is an HTTP server of the Collector, and where it is seen.
type ServerConfig struct {
	Server confighttp.ServerConfig `mapstructure:",squash"`

	// BasePath is the path that a proxy serves the page and the API below, such as
	// /streams. Whether the proxy takes it off makes no difference. Default: none.
	BasePath string `mapstructure:"base_path"`
}

// basePath is what a base path may consist of.
var basePath = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)

// defaultEndpoint is where the page is.
const defaultEndpoint = "127.0.0.1:13134"

func defaultHTTP() HTTPConfig {
	server := confighttp.NewDefaultServerConfig()
	server.NetAddr.Endpoint = defaultEndpoint
	return HTTPConfig{HTTP: configoptional.Some(ServerConfig{Server: server}), Mode: api.Edit}
}

// Validate reports every problem of the configuration.
func (c *HTTPConfig) Validate() error {
	var errs []error
	if c.Mode != api.Edit && c.Mode != api.Propose && c.Mode != api.ReadOnly {
		errs = append(errs, fmt.Errorf("mode: %q is none of %q, %q and %q", c.Mode, api.Edit, api.Propose, api.ReadOnly))
	}
	if c.HTTP.HasValue() {
		server := &c.HTTP.Get().Server
		host, _, err := net.SplitHostPort(server.NetAddr.Endpoint)
		switch {
		case server.NetAddr.Transport == "unix":
		case err != nil:
			errs = append(errs, fmt.Errorf("http::endpoint: %w", err))
		case !guard.Loopback(host) && !server.Auth.HasValue():
			errs = append(errs, fmt.Errorf("http::endpoint: %q can be reached by others, who could change the document; "+
				"set http::auth, or listen on 127.0.0.1", server.NetAddr.Endpoint))
		}
		switch base := c.HTTP.Get().BasePath; {
		case base != "" && strings.HasPrefix(api.Prefix+"/", base+"/"):
			errs = append(errs, fmt.Errorf("http::base_path: %q is where the API is; choose another path", base))
		case !basePath.MatchString(base):
			errs = append(errs, fmt.Errorf("http::base_path: %q is no path such as /streams: it begins with a slash and does not end with one", base))
		}
	}
	return errors.Join(errs...)
}
