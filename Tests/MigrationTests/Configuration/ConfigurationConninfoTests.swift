// SPDX-License-Identifier: Apache-2.0
import Migration
import Testing

@Suite("A connection string")
struct ConfigurationConninfoTests {
    @Test(
        "is read as libpq reads it",
        arguments: [
            ("", ""),
            ("host=db user=a", "host='db' user='a'"),
            ("  host = 'a b'  password=''  ", "host='a b' password=''"),
            (#"password='it\'s \\ here'"#, #"password='it\'s \\ here'"#),
            (#"password=it\'s\ here"#, #"password='it\'s here'"#),
            ("postgres://", ""),
            ("postgresql://db", "host='db'"),
            ("postgres://u:p@db:5433/name", "user='u' password='p' host='db' port='5433' dbname='name'"),
            ("postgres://u@/name?host=%2Frun%2Fpg&port=1", "user='u' dbname='name' host='/run/pg' port='1'"),
            ("postgres:///name", "dbname='name'"),
            ("postgres://u:p%40s%2Fs@db/", "user='u' password='p@s/s' host='db'"),
            ("postgres://%2Frun%2Fpg/name", "host='/run/pg' dbname='name'"),
            ("postgres://a:1,b:2,c/name", "host='a,b,c' port='1,2,' dbname='name'"),
            ("postgres://a,b/name", "host='a,b' port=',' dbname='name'"),
            ("postgres://u:p@ss@db/name", "user='u' password='p@ss' host='db' dbname='name'"),
            ("postgres://[::1]:5432/name", "host='::1' port='5432' dbname='name'"),
            (
                "postgres://db?sslmode=disable&application_name=a%20b",
                "host='db' sslmode='disable' application_name='a b'"
            ),
            ("postgres://db?ssl=true", "host='db' sslmode='require'"),
        ]
    )
    func parsed(text: String, keywords: String) {
        #expect(Conninfo(parsing: text)?.text == keywords)
        // What is written is read as the same again.
        #expect(Conninfo(parsing: keywords)?.text == keywords)
    }

    @Test(
        "that libpq would refuse is refused",
        arguments: [
            "host", "=db", "host='db", #"host='db\"#, "dendrite.db", "postgres://u:pa/ss@db/name",
            "postgres://u:1/2@db/name", "postgres://db:port", "postgres://[::1", "postgres://db?sslmode",
            "postgres://%zz",
        ]
    )
    func refused(text: String) {
        #expect(Conninfo(parsing: text) == nil)
        #expect(Conninfo.redacted(text) == "(a connection string that cannot be read)")
    }

    @Test(
        "is shown without its secrets",
        arguments: [
            ("postgres://dendrite:s3cret@db/name", "user=dendrite password=*** host=db dbname=name"),
            ("postgres://db/name?user=a&password=s3cret", "host=db dbname=name user=a password=***"),
            ("host=db password = 's3cret word' user=a", "host=db password=*** user=a"),
            ("password=s3cret host=db sslpassword=s3cret", "password=*** host=db sslpassword=***"),
            ("sslinline=true sslkey='-----BEGIN s3cret'", "sslinline=true sslkey=***"),
            ("options='-c a=b' host=''", "options='-c a=b' host=''"),
        ]
    )
    func redacted(text: String, shown: String) {
        #expect(Conninfo.redacted(text) == shown)
        #expect("\(String(describing: Conninfo(parsing: text)))".contains("s3cret") == false)
    }

    @Test(
        "quotes what a value can hold",
        arguments: ["", "a", "it's", #"back\slash"#, "a b", "a=b", "é\n", "a'\u{301}b", "\\\u{301}"])
    func quoting(value: String) {
        let text = Conninfo([.init("password", value), .init("host", "db")]).text
        #expect(Conninfo(parsing: text)?["password"] == value)
        #expect(Conninfo(parsing: text)?["host"] == "db")
    }
}
