//! Code pages beyond the interpreter's own two, by the numbers Epson gives them, from tables that are not ours
//! either: the WHATWG's, and for the three that it does not know, CPython's codecs.

use encoding_rs::Encoding;
use hardless_escpos::{CodePages, TableCodePage};

const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";
const CP852: &str = "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{AD}˝˛ˇ˘§÷¸°¨˙űŘř■\u{A0}";
const CP857: &str = "ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ºªÊËÈ�ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµ�×ÚÛÙìÿ¯´\u{AD}±�¾¶§÷¸°¨·¹³²■\u{A0}";

/// Every page that a printer of ours may be switched to.
pub(crate) fn known() -> CodePages {
    let pages = [
        (16, encoding_rs::WINDOWS_1252),
        (17, encoding_rs::IBM866),
        (45, encoding_rs::WINDOWS_1250),
        (46, encoding_rs::WINDOWS_1251),
        (47, encoding_rs::WINDOWS_1253),
        (48, encoding_rs::WINDOWS_1254),
        (51, encoding_rs::WINDOWS_1257),
    ];
    let known = pages
        .into_iter()
        .fold(CodePages::default(), |known, (number, encoding)| {
            known.with(number, TableCodePage::new(encoding.name(), upper(encoding)))
        });
    let pages = [
        (2, "CP850", CP850),
        (13, "CP857", CP857),
        (18, "CP852", CP852),
    ];
    pages
        .into_iter()
        .fold(known, |known, (number, name, upper)| {
            let mut letters = upper.chars();
            let upper = [(); 128].map(|()| letters.next().unwrap_or(char::REPLACEMENT_CHARACTER));
            known.with(number, TableCodePage::new(name, upper))
        })
}

fn upper(encoding: &'static Encoding) -> [char; 128] {
    let mut byte = 0x7F_u8;
    [(); 128].map(|()| {
        byte += 1;
        let one = [byte];
        let (text, _) = encoding.decode_without_bom_handling(&one);
        text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
    })
}
