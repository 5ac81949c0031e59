package dev.merapi.compress.prune;

/** Numbers in sets that only grow together. */
final class DisjointSets {
    private final int[] parent;

    DisjointSets(int count) {
        parent = new int[count];
        for (int i = 0; i < count; i++) parent[i] = i;
    }

    int find(int i) {
        int root = i;
        while (parent[root] != root) root = parent[root];
        while (parent[i] != root) {
            int next = parent[i];
            parent[i] = root;
            i = next;
        }
        return root;
    }

    void join(int a, int b) { parent[find(a)] = find(b); }
}
