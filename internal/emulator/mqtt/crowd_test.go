// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// Variables of the process that is the crowd.
const (
	crowdSize  = "CROWD_SIZE"
	crowdHost  = "CROWD_HOST"
	crowdToken = "CROWD_TOKEN"
	crowdCA    = "CROWD_CA"
)

const allConnected = "all are connected\n"

func TestMain(m *testing.M) {
	size, err := strconv.Atoi(os.Getenv(crowdSize))
	if err != nil {
		m.Run()
		return
	}
	conns := make([]net.Conn, size)
	defer runtime.KeepAlive(conns)
	if err := connectAll(conns); err != nil {
		fmt.Println(err) //nolint:forbidigo // This process is no test.
		return
	}
	fmt.Print(allConnected)              //nolint:forbidigo // This process is no test.
	_, _ = io.Copy(io.Discard, os.Stdin) // Its end is that of the connections.
}

// connectAll connects a device for each place.
func connectAll(conns []net.Conn) error {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(os.Getenv(crowdCA)))
	config := &tls.Config{RootCAs: roots}
	errs := make([]error, 8)
	var joining sync.WaitGroup
	for worker := range errs {
		joining.Go(func() {
			for i := worker; i < len(conns) && errs[worker] == nil; i += len(errs) {
				conns[i], errs[worker] = join("d"+strconv.Itoa(i), config)
			}
		})
	}
	joining.Wait()
	return errors.Join(errs...)
}

// join connects one device.
func join(id string, config *tls.Config) (net.Conn, error) {
	host := os.Getenv(crowdHost)
	conn, err := tls.Dial("tcp", host, config)
	if err != nil {
		return nil, err
	}
	p := greeting(identity{
		id: id, username: host + "/" + id + "/?api-version=2021-04-12", token: os.Getenv(crowdToken),
	})
	p.Keepalive = 1000
	if err := p.Write(conn); err != nil {
		return nil, err
	}
	answer, err := packets.ReadPacket(conn)
	if err != nil {
		return nil, err
	}
	if ack, isAck := answer.(*packets.ConnackPacket); !isAck || ack.ReturnCode != packets.Accepted {
		return nil, fmt.Errorf("%s: %s", id, answer)
	}
	return conn, nil
}

// crowded is an emulator with that many devices.
func crowded(tb testing.TB, size int) *emulator.Emulator {
	tb.Helper()
	text := bytes.NewBufferString(`{"hubs":[{"name":"hub1","devices":[`)
	for i := range size {
		_, _ = fmt.Fprintf(text, `{"deviceId":"d%d"},`, i)
	}
	text.Truncate(text.Len() - 1)
	text.WriteString(`]}]}`)
	seed, err := emulator.ParseSeed(text.Bytes())
	must(tb, err)
	e, err := emulator.Start(emulator.Options{Seed: seed})
	must(tb, err)
	tb.Cleanup(func() { must(tb, e.Close()) })
	return e
}

// crowd connects all devices from another process, and tells what their sessions take of this one's memory, and what
// everything takes of the machine's.
func crowd(tb testing.TB, size int) (sessions, everything uint64) {
	tb.Helper()
	e := crowded(tb, size)
	before, _ := memory()
	h := e.Hub("hub1")
	policy, _ := h.Policies().Find("device") // It may connect as any device.
	program, err := os.Executable()
	must(tb, err)
	command := exec.CommandContext(tb.Context(), program)
	command.Env = append(os.Environ(), crowdSize+"="+strconv.Itoa(size), crowdHost+"="+h.Hostname(),
		crowdCA+"="+string(e.CACertificatePEM()),
		crowdToken+"="+world.Sign(tb, policy.Keys[0], h.Hostname(), time.Now().Add(time.Hour), "device"))
	input, err := command.StdinPipe()
	must(tb, err)
	output, err := command.StdoutPipe()
	must(tb, err)
	must(tb, command.Start())
	said, _ := bufio.NewReader(output).ReadString('\n')
	if said != allConnected || len(e.Connections()) != size {
		tb.Errorf("%d are connected, want %d; %s", len(e.Connections()), size, said)
	}
	after, everything := memory()
	must(tb, input.Close())
	must(tb, command.Wait())
	return after - before, everything
}

// memory is what is in use, and what the process has of the machine.
func memory() (used, all uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse, m.Sys - m.HeapReleased
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Ten thousand sessions fit into 1 GB: one takes at most 100 kB, and no more than that is ever taken for them.
func TestSessions_areSmall(t *testing.T) { //nolint:paralleltest // It measures this process.
	const size = 300
	if sessions, _ := crowd(t, size); sessions > size*100_000 {
		t.Errorf("a session takes %d kB", sessions/size/1000)
	}
}

// BenchmarkSessions connects 10,000 devices, and reports what that takes.
func BenchmarkSessions(b *testing.B) {
	const size = 10_000
	for range b.N {
		began := time.Now()
		sessions, everything := crowd(b, size)
		b.ReportMetric(float64(sessions)/(1<<20), "MB")
		b.ReportMetric(float64(everything)/(1<<20), "MB-process")
		b.ReportMetric(float64(size)/time.Since(began).Seconds(), "connects/s")
		if everything > 1<<30 {
			b.Errorf("%d MB, want less than 1 GB", everything>>20)
		}
	}
}
