// Has the disk look for space again, in a turn of its own on the network thread.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "bridge/network_thread.hpp"
#include "cache/memory_budget.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace memtorrent {

class space_signal {
 public:
  /// `look` runs on the network thread, while the disk I/O is there.
  space_signal(std::shared_ptr<network_thread> network, std::function<void()> look)
      : m_network(std::move(network)), m_look(std::make_shared<std::function<void()> const>(std::move(look))) {}

  /// A piece may go that could not before, or memory became free.
  void raise() const {
    m_network->post([look = m_look] { (*look)(); });
  }

  /// Raises the signal as soon as a block is freed, or one that is watched may go. First await, then look: else a
  /// change in between is missed.
  void await(memory_budget& budget) const {
    budget.when_released([network = m_network, look = m_look] { network->post([look] { (*look)(); }); });
  }

 private:
  std::shared_ptr<network_thread> m_network;
  std::shared_ptr<std::function<void()> const> m_look;
};

} // namespace memtorrent
