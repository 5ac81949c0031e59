"""Counts games by rules written anew, slowly: the numbers of GamesTest that no paper has."""
import sys


def go(size, depth):
    cells = range(size * size)

    def near(c):
        if c >= size: yield c - size
        if c + size < size * size: yield c + size
        if c % size: yield c - 1
        if c % size < size - 1: yield c + 1

    def group(board, c):
        stones, free, todo = {c}, set(), [c]
        while todo:
            for n in near(todo.pop()):
                if board[n] == ".":
                    free.add(n)
                elif board[n] == board[c] and n not in stones:
                    stones.add(n)
                    todo.append(n)
        return stones, free

    def put(board, c, colour):
        board = board[:c] + colour + board[c + 1:]
        for n in near(c):
            if board[n] not in (".", colour):
                stones, free = group(board, n)
                if not free: board = "".join("." if i in stones else b for i, b in enumerate(board))
        return board if group(board, c)[1] else None

    def count(board, colour, passes, seen, depth):
        if depth == 0: return 1
        if passes == 2 or len(seen) > 3 * size * size: return 0
        other = "O" if colour == "X" else "X"
        total = count(board, other, passes + 1, seen + [board], depth - 1)
        for c in cells:
            if board[c] != ".": continue
            after = put(board, c, colour)
            if after and after not in seen: total += count(after, other, 0, seen + [after], depth - 1)
        return total

    empty = "." * size * size
    return count(empty, "X", 0, [empty], depth)


print("go 2:", [go(2, d) for d in range(1, 10)])
print("go 3:", [go(3, d) for d in range(1, 6)])
