#include "support/scripted_server.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace memtorrent::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::endpoint const any_port{asio::ip::address_v4::loopback(), 0};

void check(bool is_done, char const* what) {
  if (!is_done) throw std::runtime_error(what);
}

template <typename Write>
std::string pem_text(Write write) {
  std::unique_ptr<BIO, decltype(&BIO_free_all)> const text(BIO_new(BIO_s_mem()), &BIO_free_all);
  check(text && write(text.get()) == 1, "PEM");
  char* data = nullptr;
  auto const size = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

} // namespace

certificate certificate::make(std::string const& address) {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  std::unique_ptr<X509, decltype(&X509_free)> const proof(X509_new(), &X509_free);
  check(key && proof, "key");
  constexpr long day_s = 86'400;
  X509_set_version(proof.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(proof.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(proof.get()), -day_s);
  X509_gmtime_adj(X509_getm_notAfter(proof.get()), day_s);
  X509_set_pubkey(proof.get(), key.get());
  auto* const name = X509_get_subject_name(proof.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("test"), -1, -1, 0);
  X509_set_issuer_name(proof.get(), name);
  std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> const whose(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("IP:" + address).c_str()), &X509_EXTENSION_free);
  check(whose && X509_add_ext(proof.get(), whose.get(), -1) == 1, "address");
  check(X509_sign(proof.get(), key.get(), EVP_sha256()) > 0, "signature");
  return {pem_text([&](BIO* to) { return PEM_write_bio_X509(to, proof.get()); }), pem_text([&](BIO* to) {
            return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

scripted_server::scripted_server(answerer answer) : m_answer(std::move(answer)), m_acceptor(m_io, any_port) {
  accept_next();
  m_thread = std::thread([this] { m_io.run(); });
}

scripted_server::scripted_server(answerer answer, certificate const& proof)
    : m_answer(std::move(answer)), m_tls(asio::ssl::context::tls_server), m_acceptor(m_io, any_port) {
  m_tls->use_certificate(asio::buffer(proof.pem), asio::ssl::context::pem);
  m_tls->use_private_key(asio::buffer(proof.key_pem), asio::ssl::context::pem);
  accept_next();
  m_thread = std::thread([this] { m_io.run(); });
}

scripted_server::~scripted_server() {
  m_io.stop();
  m_thread.join();
}

std::string scripted_server::url(std::string const& path) const {
  return (m_tls ? "https" : "http") + std::string("://127.0.0.1:") +
         std::to_string(m_acceptor.local_endpoint().port()) + path;
}

void scripted_server::accept_next() {
  m_acceptor.async_accept([this](boost::system::error_code ec, tcp::socket socket) {
    if (!ec) serve(std::move(socket));
    accept_next();
  });
}

// One client after the other, each to its end: they are few, and on this machine.
void scripted_server::serve(tcp::socket socket) {
  if (m_tls) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), *m_tls);
    boost::system::error_code ec;
    stream.handshake(asio::ssl::stream_base::server, ec);
    // A client that does not trust us ends it here.
    if (!ec && answer(stream)) stream.shutdown(ec);
  } else if (!answer(socket)) {
    m_silent.push_back(std::move(socket));
  }
}

template <typename Stream>
bool scripted_server::answer(Stream& stream) {
  std::string request;
  boost::system::error_code ec;
  asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", ec);
  if (ec) return true;
  ++m_requests;
  auto const text = m_answer(request);
  // A client that has heard enough closes first.
  asio::write(stream, asio::buffer(text), ec);
  return !text.empty();
}

std::string http_answer_text(std::string const& status, std::string const& body, std::string const& more_fields) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more_fields + "\r\n" +
         body;
}

} // namespace memtorrent::test
