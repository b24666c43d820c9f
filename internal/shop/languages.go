package shop

// language is what the telemetry of a service shows of the language that it is
// written in. Names of functions and files are made from the
// service's name.
type language struct {
	name           string // telemetry.sdk.language
	sdkVersion     string
	runtime        string
	runtimeVersion string
	scope          string // format of an instrumentation scope's name
	scopeVersion   string
	function       string // format: identifier of the service, function
	file           string // format: identifier of the service
	traceHeader    string // format: exception type, message
	traceLine      string // format: function, file, line
	causeLast      bool   // stack traces name the error at their end, not at their beginning
	errors         [faultKinds]string
	runtimeFrames  []string // outermost frames of every stack, caller first
	libraryFrames  []string // where the CPU time goes below application code
}

// faultKind is why a step failed.
type faultKind int

const (
	faultTimeout faultKind = iota
	faultUnavailable
	faultDatabase
	faultApplication
	faultKinds = 4
)

var java = &language{
	name: "java", sdkVersion: "1.61.0", runtime: "OpenJDK Runtime Environment", runtimeVersion: "21.0.9+10-LTS",
	scope: "io.opentelemetry.%s", scopeVersion: "2.27.0-alpha",
	function: "com.example.%[1]s.%[2]s", file: "%sService.java",
	traceHeader: "%s: %s\n", traceLine: "\tat %[1]s(%[2]s:%[3]d)\n",
	errors: [faultKinds]string{
		"java.net.SocketTimeoutException", "java.net.ConnectException",
		"org.postgresql.util.PSQLException", "java.lang.IllegalStateException",
	},
	runtimeFrames: []string{"java.lang.Thread.run", "java.util.concurrent.ThreadPoolExecutor$Worker.run", "org.apache.tomcat.util.net.NioEndpoint$SocketProcessor.doRun", "org.springframework.web.servlet.DispatcherServlet.doDispatch"},
	libraryFrames: []string{"java.util.HashMap.getNode", "com.fasterxml.jackson.databind.ObjectMapper.writeValueAsBytes", "org.postgresql.core.v3.QueryExecutorImpl.execute", "java.lang.String.hashCode", "io.netty.channel.nio.NioEventLoop.select"},
}

var golang = &language{
	name: "go", sdkVersion: "1.44.0", runtime: "go", runtimeVersion: "go1.26.8",
	scope: "go.opentelemetry.io/contrib/instrumentation/%s", scopeVersion: "0.69.0",
	function: "github.com/example/%[1]s/internal/%[1]s.(*Server).%[2]s", file: "/src/%s/server.go",
	traceHeader: "%s: %s\n\ngoroutine 4711 [running]:\n", traceLine: "%[1]s(...)\n\t%[2]s:%[3]d +0x1f4\n",
	errors: [faultKinds]string{
		"context.deadlineExceededError", "*net.OpError", "*pgconn.PgError", "*errors.errorString",
	},
	runtimeFrames: []string{"runtime.goexit", "net/http.(*conn).serve", "net/http.HandlerFunc.ServeHTTP", "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.(*middleware).serveHTTP"},
	libraryFrames: []string{"runtime.mallocgc", "runtime.scanobject", "encoding/json.(*encodeState).marshal", "syscall.Syscall6", "runtime.mapaccess2_faststr", "google.golang.org/grpc/internal/transport.(*http2Server).HandleStreams"},
}

var nodejs = &language{
	name: "nodejs", sdkVersion: "2.6.1", runtime: "nodejs", runtimeVersion: "22.21.1",
	scope: "@opentelemetry/instrumentation-%s", scopeVersion: "0.213.0",
	function: "%[1]s.%[2]s", file: "/app/dist/%s.js",
	traceHeader: "%s: %s\n", traceLine: "    at %[1]s (%[2]s:%[3]d:17)\n",
	errors: [faultKinds]string{"TimeoutError", "ConnectionRefusedError", "DatabaseError", "TypeError"},
	runtimeFrames: []string{
		"node:internal/process/task_queues.processTicksAndRejections", "node:_http_server.parserOnIncoming",
		"Layer.handle", "Router.process_params",
	},
	libraryFrames: []string{"JSON.stringify", "node:zlib.processChunkSync", "node:internal/buffer.utf8Write", "RegExp.exec", "node:net.Socket._writeGeneric"},
}

var python = &language{
	name: "python", sdkVersion: "1.42.1", runtime: "cpython", runtimeVersion: "3.13.9",
	scope: "opentelemetry.instrumentation.%s", scopeVersion: "0.63b1",
	function: "%[1]s.handlers.%[2]s", file: "/app/%s/handlers.py",
	traceHeader: "%s: %s\n", traceLine: "  File \"%[2]s\", line %[3]d, in %[1]s\n", causeLast: true,
	errors: [faultKinds]string{
		"requests.exceptions.ReadTimeout", "requests.exceptions.ConnectionError",
		"psycopg.errors.SerializationFailure", "ValueError",
	},
	runtimeFrames: []string{"threading.Thread._bootstrap", "gunicorn.workers.gthread.ThreadWorker.handle", "flask.app.Flask.wsgi_app", "flask.app.Flask.dispatch_request"},
	libraryFrames: []string{"json.encoder.JSONEncoder.iterencode", "numpy.core._multiarray_umath.dot", "re.Pattern.sub", "pandas.core.groupby.GroupBy._aggregate", "ssl.SSLSocket.read"},
}

var dotnet = &language{
	name: "dotnet", sdkVersion: "1.16.0", runtime: ".NET", runtimeVersion: "10.0.1",
	scope: "OpenTelemetry.Instrumentation.%s", scopeVersion: "1.16.0",
	function: "Example.%[1]s.Service.%[2]s", file: "/src/%s/Service.cs",
	traceHeader: "%s: %s\n", traceLine: "   at %[1]s in %[2]s:line %[3]d\n",
	errors: [faultKinds]string{
		"System.TimeoutException", "System.Net.Http.HttpRequestException",
		"Npgsql.PostgresException", "System.InvalidOperationException",
	},
	runtimeFrames: []string{"System.Threading.PortableThreadPool.WorkerThread.WorkerThreadStart", "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol.ProcessRequests", "Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke"},
	libraryFrames: []string{"System.Text.Json.JsonSerializer.WriteString", "System.Collections.Generic.Dictionary`2.FindValue", "Npgsql.Internal.NpgsqlReadBuffer.Ensure", "System.String.Concat"},
}
