// Package control is how the bench tells its programs what to do: line by line on standard input, whose end is theirs.
// They answer with lines of JSON on descriptor 3.
package control

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

var answers = os.NewFile(3, "answers")

// Answer writes one line.
func Answer(message any) error {
	line, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if _, err := answers.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// Commands calls handle with each line until there are no more, or one fails.
func Commands(handle func(line []byte) error) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := handle(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// ReadTask reads the first argument, JSON, into task.
func ReadTask(task any) error {
	if len(os.Args) < 2 {
		return fmt.Errorf("expected a task as JSON in the first argument")
	}
	if err := json.Unmarshal([]byte(os.Args[1]), task); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	return nil
}
