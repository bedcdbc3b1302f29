// Package users calls user.v1.UserService through any connection, with the stubs that protoc-gen-go-grpc generates.
package users

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"

	userv1 "banyan.example/gen/user/v1"
)

// callTimeout bounds one call.
const callTimeout = 5 * time.Second

// Answer is what one call has shown.
type Answer struct {
	UserID string `json:"userId"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	// Peer is the address of the instance that answered, as it was dialed.
	Peer string `json:"peer"`
}

// Create creates a user with this email and gives its id.
func Create(connection grpc.ClientConnInterface, email, name string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	request := &userv1.CreateUserRequest{Email: email, Name: name, Password: "correct horse battery"}
	// Ready or not: a resolver that has not answered yet is no failure.
	response, err := userv1.NewUserServiceClient(connection).CreateUser(ctx, request, grpc.WaitForReady(true))
	if err != nil {
		return "", fmt.Errorf("CreateUser: %w", err)
	}
	if !response.GetSuccess() {
		return "", fmt.Errorf("CreateUser: success is false")
	}
	return response.GetUserId(), nil
}

// Get reads the user with this id.
func Get(connection grpc.ClientConnInterface, id string) (Answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	var answered peer.Peer
	request := &userv1.GetUserRequest{UserId: id}
	response, err := userv1.NewUserServiceClient(connection).GetUser(ctx, request, grpc.Peer(&answered))
	if err != nil {
		return Answer{}, fmt.Errorf("GetUser: %w", err)
	}
	return Answer{response.GetUserId(), response.GetName(), response.GetEmail(), answered.Addr.String()}, nil
}
