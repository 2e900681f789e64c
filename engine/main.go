// Command conclave-engine is LiveKit, as a library, under a supervisor (src/media/engine.ts).
//
// It takes its configuration on stdin, because argv and the environment can be read by other
// processes and the configuration holds the API secret: the first line is the length of the YAML
// in bytes, the YAML follows. Stdin then stays open for as long as the parent lives; its end means
// that the parent died, and the engine stops at once so that its ports are free again.
//
// SIGTERM lets the people in calls finish, a second one does not wait. SIGINT is ignored: Ctrl-C
// in a terminal reaches the whole process group, and the parent decides the order of stopping.
// Any failure to start is one line on stderr and exit status 1.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/livekit-server/pkg/telemetry/prometheus"
)

const configBytesMax = 1 << 20

func main() {
	signal.Ignore(syscall.SIGINT)
	if err := run(bufio.NewReader(os.Stdin)); err != nil {
		line := strings.Join(strings.Fields(err.Error()), " ")
		fmt.Fprintf(os.Stderr, "conclave-engine: %s\n", line)
		os.Exit(1)
	}
}

func run(stdin *bufio.Reader) error {
	text, err := readConfig(stdin)
	if err != nil {
		return err
	}
	go exitWithParent(stdin)

	server, err := newServer(text)
	if err != nil {
		return err
	}
	var stopping atomic.Bool
	go stopOnSignal(server, &stopping)
	go announce(server)

	// Start returns nil also when serving failed later, so only a stop that was asked for is clean.
	if err := server.Start(); err != nil {
		return err
	}
	if !stopping.Load() {
		return errors.New("the server stopped serving")
	}
	return nil
}

// readConfig reads "<length>\n" and exactly that many bytes.
func readConfig(stdin *bufio.Reader) (string, error) {
	line, err := stdin.ReadString('\n')
	if err != nil {
		return "", errors.New("stdin must begin with the length of the configuration on a line of its own")
	}
	length, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || length <= 0 || length > configBytesMax {
		return "", fmt.Errorf("the length of the configuration must be from 1 to %d", configBytesMax)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(stdin, text); err != nil {
		return "", errors.New("stdin ended before the configuration did")
	}
	return string(text), nil
}

// newServer does what upstream's main does, in its order. Without prometheus.Init every join
// answers 500.
func newServer(text string) (*service.LivekitServer, error) {
	const strict = true
	conf, err := config.NewConfig(text, strict, nil, nil)
	if err != nil {
		return nil, err
	}
	config.InitLoggerFromConfig(&conf.Logging)
	if err := conf.ValidateKeys(); err != nil {
		return nil, err
	}
	if err := conf.LoadTURNSecrets(); err != nil {
		return nil, err
	}
	node, err := routing.NewLocalNode(conf)
	if err != nil {
		return nil, err
	}
	if err := prometheus.Init(string(node.NodeID()), node.NodeType()); err != nil {
		return nil, err
	}
	return service.InitializeServer(conf, node)
}

func exitWithParent(stdin io.Reader) {
	_, _ = io.Copy(io.Discard, stdin)
	os.Exit(1)
}

// stopOnSignal ends the process itself: Stop returns without stopping while the server is still
// starting.
func stopOnSignal(server *service.LivekitServer, stopping *atomic.Bool) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM)
	for force := false; ; force = true {
		<-signals
		stopping.Store(true)
		go func() {
			server.Stop(force)
			os.Exit(0)
		}()
	}
}

func announce(server *service.LivekitServer) {
	for !server.IsRunning() {
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println(`{"level":"info","msg":"ready"}`)
}
