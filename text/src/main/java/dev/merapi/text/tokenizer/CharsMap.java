package dev.merapi.text.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * SentencePiece's compiled map of characters: the size of a trie in bytes, the trie, and the texts that it leads to,
 * each with a zero at its end. The trie is a double array (Aoe 1989): the unit at a place tells where the units of the
 * next bytes are. The native library follows it unchecked, and ends the process where it leads outside.
 *
 * @param longest most characters that one is replaced by
 */
record CharsMap(int longest) {
    /** @throws IllegalArgumentException if some text could lead outside of the map */
    static CharsMap check(byte[] map) {
        var in = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
        long units = map.length < 4 ? -1 : Integer.toUnsignedLong(in.getInt()) / 4;
        if (units < 1 || units > in.remaining() / 4) {
            throw damaged(units < 0 ? "it has " + map.length + " bytes" : "its trie of " + units + " units should lie"
                    + " in " + map.length + " bytes");
        }
        var trie = new int[(int) units];
        in.asIntBuffer().get(trie);
        in.position(4 + 4 * trie.length);
        var texts = in.slice();
        checkTrie(trie, texts);
        return new CharsMap(longest(texts));
    }

    private static void checkTrie(int[] trie, ByteBuffer texts) {
        var seen = new BitSet(trie.length);
        var open = new ArrayDeque<Integer>();
        open.add(0);
        seen.set(0);
        while (!open.isEmpty()) {
            int place = open.remove();
            int base = place ^ offset(trie[place]);
            if ((base | 0xFF) >= trie.length) throw damaged("unit " + place + " leads outside of its trie");
            if ((trie[place] >> 8 & 1) == 1) checkText(trie[base] & Integer.MAX_VALUE, texts);
            for (int b = 1; b < 256; b++) {
                int next = base ^ b;
                boolean child = (trie[next] & (Integer.MIN_VALUE | 0xFF)) == b;
                if (!child || seen.get(next)) continue;
                seen.set(next);
                open.add(next);
            }
        }
    }

    private static int offset(int unit) { return unit >>> 10 << ((unit & 1 << 9) >> 6); }

    private static void checkText(int start, ByteBuffer texts) {
        boolean inside = start < texts.limit() ? (texts.get(start) & 0xC0) != 0x80 : start == texts.limit();
        if (!inside) throw damaged("a text should begin at " + start + " of " + texts.limit() + " bytes");
    }

    private static int longest(ByteBuffer texts) {
        var text = CharBuffer.allocate(texts.remaining());
        if (StandardCharsets.UTF_8.newDecoder().decode(texts.duplicate(), text, true).isError()) {
            throw damaged("its texts are not UTF-8");
        }
        int longest = 1, begin = 0;
        text.flip();
        for (int i = 0; i <= text.limit(); i++) {
            if (i < text.limit() && text.get(i) != 0) continue;
            longest = Math.max(longest, i - begin);
            begin = i + 1;
        }
        return longest;
    }

    private static IllegalArgumentException damaged(String why) {
        return new IllegalArgumentException("expected SentencePiece's compiled map of characters. Received a damaged"
                + " one: " + why + "; get the file again.");
    }
}
