/* initials.c - first letters of the sounds of Chinese characters.
 *
 * The first level of GB 2312 is in the order of sounds, so where a character stands in it tells its first
 * letter: the table holds the first character of every letter, and the C library knows the order. */
#include "config.h"

#include <iconv.h>
#include <stdint.h>

#include "app/initials.h"
#include "base/utf8.h"

enum { LEVEL_ONE_END = 0xD7F9 };

static const struct {
    uint16_t first; /* in GB 2312 */
    char letter;
} sounds[] = {
    {0xB0A1, 'a'}, {0xB0C5, 'b'}, {0xB2C1, 'c'}, {0xB4EE, 'd'}, {0xB6EA, 'e'}, {0xB7A2, 'f'},
    {0xB8C1, 'g'}, {0xB9FE, 'h'}, {0xBBF7, 'j'}, {0xBFA6, 'k'}, {0xC0AC, 'l'}, {0xC2E8, 'm'},
    {0xC4C3, 'n'}, {0xC5B6, 'o'}, {0xC5BE, 'p'}, {0xC6DA, 'q'}, {0xC8BB, 'r'}, {0xC8F6, 's'},
    {0xCBFA, 't'}, {0xCDDA, 'w'}, {0xCEF4, 'x'}, {0xD1B9, 'y'}, {0xD4D1, 'z'},
};

/* Common in a bank, with a second sound: 银行, 重复, 增长, 会计, 参与, 调用. */
static const struct {
    uint32_t ch;
    char letter;
} second[] = {
    {0x884C, 'h'}, {0x91CD, 'c'}, {0x957F, 'z'}, {0x4F1A, 'k'}, {0x8C03, 't'}, {0x5355, 's'}, {0x6BB5, 'd'},
};

static uint16_t gb2312_of(iconv_t cd, const char *utf8, size_t n)
{
    char *in = (char *)(uintptr_t)utf8, to[4], *out = to;
    size_t left = sizeof to;
    if (iconv(cd, &in, &n, &out, &left) == (size_t)-1 || left != 2)
        return 0;
    return (uint16_t)((unsigned char)to[0] << 8 | (unsigned char)to[1]);
}

static char letter_of(uint16_t gb)
{
    char letter = 0;
    if (gb > LEVEL_ONE_END)
        return 0;
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds && sounds[i].first <= gb; i++)
        letter = sounds[i].letter;
    return letter;
}

static bool sounds_like(iconv_t cd, uint32_t ch, struct str bytes, char letter)
{
    if (ch < 0x80)
        return (char)ch == letter || ((char)ch >= 'A' && (char)ch <= 'Z' && (char)ch + 32 == letter);
    for (size_t i = 0; i < sizeof second / sizeof *second; i++)
        if (second[i].ch == ch && second[i].letter == letter)
            return true;
    return letter_of(gb2312_of(cd, bytes.p, bytes.n)) == letter;
}

static bool is_passed_over(uint32_t ch)
{
    bool is_han = ch >= 0x4E00 && ch <= 0x9FFF;
    bool is_word = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
    return !is_han && !is_word;
}

static bool match_here(iconv_t cd, struct str name, struct str letters)
{
    while (letters.n && name.n) {
        struct str before = name;
        uint32_t ch = utf8_next(&name);
        if (is_passed_over(ch))
            continue;
        if (!sounds_like(cd, ch, (struct str){before.p, before.n - name.n}, *letters.p))
            return false;
        letters = (struct str){letters.p + 1, letters.n - 1};
    }
    return letters.n == 0;
}

bool initials_match(struct str name, struct str letters)
{
    iconv_t cd = iconv_open("GB2312", "UTF-8");
    if (cd == (iconv_t)-1)
        return false;
    bool found = false;
    while (!found && name.n && letters.n) {
        found = match_here(cd, name, letters);
        utf8_next(&name);
    }
    iconv_close(cd);
    return found;
}
