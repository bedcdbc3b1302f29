// Serves interop.v1.InteropService by grpc-go, and prints its addresses as a line of JSON. It stops, with the calls under
// way answered, when its standard input ends.
//
// Usage: server <age in ms>; connections to the second address are asked to end when they are that old.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	interopv1 "banyan.example/gen/interop/v1"
)

const stopTimeout = 10 * time.Second

type addresses struct {
	Address      string `json:"address"`
	AgingAddress string `json:"agingAddress"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: server <age in ms>")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(age string) error {
	ageMS, err := strconv.Atoi(age)
	if err != nil {
		return fmt.Errorf("age in ms: %w", err)
	}
	aging := keepalive.ServerParameters{
		MaxConnectionAge:      time.Duration(ageMS) * time.Millisecond,
		MaxConnectionAgeGrace: stopTimeout,
	}
	interop := &service{}
	usual, address, err := serve(interop)
	if err != nil {
		return err
	}
	other, agingAddress, err := serve(interop, grpc.KeepaliveParams(aging))
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(addresses{address, agingAddress}); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	late := time.AfterFunc(stopTimeout, func() { log.Fatal("calls are still under way") })
	defer late.Stop()
	usual.GracefulStop()
	other.GracefulStop()
	return nil
}

// serve serves on a free port.
func serve(interop *service, options ...grpc.ServerOption) (*grpc.Server, string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("listen: %w", err)
	}
	server := grpc.NewServer(options...)
	interopv1.RegisterInteropServiceServer(server, interop)
	go func() {
		if err := server.Serve(listener); err != nil {
			log.Fatal(err)
		}
	}()
	return server, listener.Addr().String(), nil
}
