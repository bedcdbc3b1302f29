// Reads /services/user/ from etcd, dials the first value as it stands, creates a user and reads it back.
//
// Usage: address <etcd endpoint> <email> <name>; prints what it saw as one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"banyan.example/users"
)

type seen struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	users.Answer
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: address <etcd endpoint> <email> <name>")
	}
	result, err := run(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}

func run(endpoint, email, name string) (seen, error) {
	key, value, err := readInstance(endpoint)
	if err != nil {
		return seen{}, err
	}
	connection, err := grpc.NewClient(value, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return seen{}, err
	}
	defer connection.Close()
	id, err := users.Create(connection, email, name)
	if err != nil {
		return seen{}, err
	}
	answer, err := users.Get(connection, id)
	return seen{key, value, answer}, err
}

func readInstance(endpoint string) (key, value string, err error) {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 5 * time.Second})
	if err != nil {
		return "", "", err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	listed, err := client.Get(ctx, "/services/user/", clientv3.WithPrefix())
	if err != nil {
		return "", "", err
	}
	if len(listed.Kvs) == 0 {
		return "", "", fmt.Errorf("etcd lists no instance below /services/user/")
	}
	return string(listed.Kvs[0].Key), string(listed.Kvs[0].Value), nil
}
