package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	benchv1 "banyan.example/gen/bench/v1"
	userv1 "banyan.example/gen/user/v1"
)

const (
	userID = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b"
	name   = "Ada Lovelace"
	email  = "ada@example.org"
)

// turn makes one call; an answer that is not the right one is an error.
type turn func() error

// openTurns opens what one caller needs; a stream ends with ctx.
func openTurns(ctx context.Context, connection *grpc.ClientConn, task loadTask) (turn, error) {
	bench := benchv1.NewBenchServiceClient(connection)
	switch task.Kind {
	case "get":
		users := userv1.NewUserServiceClient(connection)
		return func() error { return get(ctx, users) }, nil
	case "echo":
		payload := bytes.Repeat([]byte{7}, task.PayloadBytes)
		return func() error { return echo(ctx, bench, payload) }, nil
	case "list":
		return func() error { return list(ctx, bench, task.Messages) }, nil
	case "chat":
		return openChat(ctx, bench)
	default:
		return nil, fmt.Errorf("there is no call %q", task.Kind)
	}
}

func get(ctx context.Context, users userv1.UserServiceClient) error {
	user, err := users.GetUser(ctx, &userv1.GetUserRequest{UserId: userID})
	if err != nil {
		return err
	}
	if user.GetUserId() != userID || user.GetName() != name || user.GetEmail() != email {
		return errors.New("another user was answered")
	}
	return nil
}

func echo(ctx context.Context, bench benchv1.BenchServiceClient, payload []byte) error {
	answer, err := bench.Echo(ctx, &benchv1.EchoRequest{Payload: payload})
	if err != nil {
		return err
	}
	if len(answer.GetPayload()) != len(payload) {
		return errors.New("another payload was answered")
	}
	return nil
}

func list(ctx context.Context, bench benchv1.BenchServiceClient, count int32) error {
	stream, err := bench.List(ctx, &benchv1.ListRequest{Count: count})
	if err != nil {
		return err
	}
	for next := int32(0); ; next++ {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) && next == count {
			return nil
		}
		if err != nil {
			return fmt.Errorf("after %d of %d messages: %w", next, count, err)
		}
		if message.GetNumber() != next {
			return fmt.Errorf("message %d has the number %d", next, message.GetNumber())
		}
	}
}

func openChat(ctx context.Context, bench benchv1.BenchServiceClient) (turn, error) {
	stream, err := bench.Chat(ctx)
	if err != nil {
		return nil, err
	}
	number := int32(0)
	return func() error {
		number++
		if err := stream.Send(&benchv1.ChatRequest{Number: number}); err != nil {
			return err
		}
		answer, err := stream.Recv()
		if err != nil {
			return err
		}
		if answer.GetNumber() != number {
			return fmt.Errorf("%d was answered with %d", number, answer.GetNumber())
		}
		return nil
	}, nil
}
