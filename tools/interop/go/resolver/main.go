// Finds user-service through etcd's own naming resolver and grpc-go's round_robin: creates a user, then reads it again
// and again until its standard input ends.
//
// Usage: resolver <etcd endpoint> <email> <name>; prints each answer, or error, as a line of JSON.
package main

import (
	"encoding/json"
	"io"
	"log"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/naming/resolver"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"banyan.example/users"
)

const (
	// The resolver takes the path without its first slash, and watches what begins with that and one more slash:
	// an empty authority and the path //services/user stand for the prefix /services/user/.
	target     = "etcd:////services/user"
	roundRobin = `{"loadBalancingConfig": [{"round_robin": {}}]}`
	pause      = 10 * time.Millisecond
)

type line struct {
	users.Answer
	Error string `json:"error,omitempty"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: resolver <etcd endpoint> <email> <name>")
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(endpoint, email, name string) error {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer client.Close()
	builder, err := resolver.NewBuilder(client)
	if err != nil {
		return err
	}
	connection, err := grpc.NewClient(
		target,
		grpc.WithResolvers(builder),
		grpc.WithDefaultServiceConfig(roundRobin),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
	)
	if err != nil {
		return err
	}
	defer connection.Close()

	id, err := users.Create(connection, email, name)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	return readUntil(ended, connection, id)
}

func readUntil(ended <-chan struct{}, connection grpc.ClientConnInterface, id string) error {
	encoder := json.NewEncoder(os.Stdout)
	for {
		answer, err := users.Get(connection, id)
		seen := line{Answer: answer}
		if err != nil {
			seen.Error = err.Error()
		}
		if err := encoder.Encode(seen); err != nil {
			return err
		}
		select {
		case <-ended:
			return nil
		case <-time.After(pause):
		}
	}
}
