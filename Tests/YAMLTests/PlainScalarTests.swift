// SPDX-License-Identifier: Apache-2.0
import Testing
import YAML

@Suite("A scalar means what it means to PyYAML")
struct PlainScalarTests {
    /// The right-hand sides are what `yaml.safe_load` of PyYAML 6.0 answers, but for a date, which is a date there, for
    /// `=` and `<<` as values, which it refuses, and for whole numbers of more than 64 bits.
    static let meanings: [(String, YAML.Content)] = [
        ("yes", .bool(true)), ("Yes", .bool(true)), ("ON", .bool(true)), ("true", .bool(true)),
        ("no", .bool(false)), ("Off", .bool(false)), ("FALSE", .bool(false)),
        ("y", .string("y")), ("n", .string("n")), ("yEs", .string("yEs")), ("tRUE", .string("tRUE")),
        ("", .null), ("~", .null), ("null", .null), ("NULL", .null), ("nUll", .string("nUll")),
        ("None", .string("None")),
        ("0", .int(0)), ("-0", .int(0)), ("12", .int(12)), ("+12", .int(12)), ("-12", .int(-12)), ("1_000", .int(1000)),
        ("0600", .int(384)), ("0o600", .string("0o600")), ("08", .string("08")), ("0x1F", .int(31)),
        ("-0x1f", .int(-31)),
        ("0b101", .int(5)), ("0b12", .string("0b12")), ("0xg", .string("0xg")), ("0x+1", .string("0x+1")),
        ("0X1F", .string("0X1F")),
        ("1:30", .int(90)), ("-1:30", .int(-90)), ("1:60", .string("1:60")), ("0:30", .string("0:30")),
        ("190:20:30", .int(685_230)),
        ("_1", .string("_1")), ("1_", .int(1)), ("12e3", .string("12e3")), ("1e5", .string("1e5")),
        ("1.5", .float(1.5)), ("-1.5", .float(-1.5)), ("1.", .float(1)), (".5", .float(0.5)), ("-.5", .string("-.5")),
        ("1.5e3", .string("1.5e3")), ("1.5e+3", .float(1500)), ("1.5E-3", .float(0.0015)), ("1_0.2_5", .float(10.25)),
        ("1:30.5", .float(90.5)), (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)),
        ("+.inf", .float(.infinity)),
        (".", .string(".")), ("1.2.3.4", .string("1.2.3.4")), ("1.2.3", .string("1.2.3")),
        ("127.0.0.1", .string("127.0.0.1")), ("2026-01-02", .string("2026-01-02")), ("=", .string("=")),
        ("harbour.test", .string("harbour.test")), ("#comment", .null), ("a#b", .string("a#b")), ("a #b", .string("a")),
        ("'yes'", .string("yes")), ("\"12\"", .string("12")), ("''", .string("")),
        ("\"a\\tb\\u00e9\"", .string("a\tbé")),
        ("'it''s'", .string("it's")), ("!!str 12", .string("12")), ("!!str yes", .string("yes")), ("! 12", .int(12)),
        ("&a !!str 12", .string("12")), ("!!str &a 12", .string("12")), ("&a 12", .int(12)), ("!!int '12'", .int(12)),
        ("!!float 12", .float(12)), ("!!bool 'yes'", .bool(true)), ("!!null ''", .null), ("<<", .string("<<")),
        ("|\n  a\n  b\n", .string("a\nb\n")), (">-\n  a\n  b\n", .string("a b")), ("|\n  12\n", .string("12\n")),
        ("9223372036854775807", .int(.max)), ("9223372036854775808", .string("9223372036854775808")),
    ]

    @Test("as a value", arguments: meanings)
    func value(text: String, meaning: YAML.Content) throws {
        let document = try YAML(parsing: "key: \(text)\n")
        #expect(document["key"].content == meaning)
    }

    @Test("as a whole document", arguments: meanings)
    func document(text: String, meaning: YAML.Content) throws {
        #expect(try YAML(parsing: text).content == meaning)
    }

    @Test("that is not a number")
    func notANumber() throws {
        guard case .float(let number) = try YAML(parsing: ".nan").content else {
            Issue.record("no floating-point number")
            return
        }
        #expect(number.isNaN)
    }

    @Test("and keeps its text for readers who see only text")
    func text() throws {
        let document = try YAML(parsing: "port: 0600\nname: '0600'\nlist: []\n")
        #expect(document["port"].int == 384)
        #expect(document["port"].text == "0600")
        #expect(document["name"].text == "0600")
        #expect(document["list"].text == nil)
    }
}
